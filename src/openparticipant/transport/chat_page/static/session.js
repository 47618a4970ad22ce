// @ts-check
/**
 * One participant's chat: what is said, what is on its way, who types, and how the line is.
 *
 * It knows nothing of the page. Whoever shows it listens for "change" and reads what is here.
 */
import { ParticipantApi } from "./participant.js";
import { Receipts } from "./receipts.js";
import { LiveSocket } from "./socket.js";
import { Transcript } from "./transcript.js";
import { UploadQueue } from "./upload_queue.js";

const EVENT = "application/vnd.amazonaws.connect.event.";
const TYPING_EVERY = 8_000;
const TYPING_LASTS = 10_000;
const CATCH_UP_AGAIN = 2_000;

/** @typedef {import("./transcript.js").Item} Item */
/** @typedef {{clientToken: string, content: string, error: Error | null}} Outgoing */
/** @typedef {{ParticipantId: string, ParticipantToken: string, ParticipantRole: string, DisplayName: string}} Participant */

export class Session extends EventTarget {
  #socket;
  #receipts;
  #isSending = false;
  /** @type {Item[]} */
  #early = [];
  #typedAt = -Infinity;
  /** @type {Map<string, {name: string, timer: number}>} */
  #typists = new Map();
  transcript = new Transcript();
  /** @type {Outgoing[]} */
  outbox = [];
  /** @type {import("./socket.js").SocketState} */
  state = "connecting";

  /** @param {string} endpoint @param {Participant} participant */
  constructor(endpoint, participant) {
    super();
    this.me = participant;
    this.api = new ParticipantApi(endpoint, participant.ParticipantToken);
    this.uploads = new UploadQueue(this.api, () => this.#changed());
    this.#receipts = new Receipts((fate, id) => this.api.sendReceipt(fate, id));
    this.#socket = new LiveSocket(() => this.api.connect(), {
      item: (item) => this.#hear(item),
      state: (state) => this.#lineIs(state),
    });
  }

  start() {
    this.#socket.start();
  }

  /** Let go of everything, without a word to the others. */
  stop() {
    this.#socket.stop();
  }

  /** Names of the others who type just now. */
  get typists() {
    return [...this.#typists.values()].map(({ name }) => name);
  }

  /** @param {string} content */
  send(content) {
    this.outbox.push({ clientToken: crypto.randomUUID(), content, error: null });
    this.#typedAt = -Infinity;
    this.#sendNext();
  }

  /** Try a message that failed once more, under its old ClientToken: it cannot be said twice. @param {Outgoing} outgoing */
  resend(outgoing) {
    outgoing.error = null;
    this.#sendNext();
  }

  /** @param {Outgoing} outgoing */
  discard(outgoing) {
    this.outbox = this.outbox.filter((each) => each !== outgoing);
    this.#changed();
  }

  /** Tell the others, now and then, that something is being typed. */
  typing() {
    const now = performance.now();
    if (this.state !== "live" || now - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = now;
    this.api.sendTyping().catch(() => {});
  }

  /** Note that the person has seen an item of somebody else. @param {Item} item */
  saw(item) {
    this.#receipts.note("read", item);
  }

  /** Leave the chat; the customer's leaving ends it for everyone. */
  async leave() {
    await this.api.disconnect();
  }

  async #sendNext() {
    const outgoing = this.outbox.find(({ error }) => !error);
    this.#changed();
    // One after another: what was typed first is said first.
    if (this.#isSending || !outgoing) return;
    this.#isSending = true;
    try {
      const { Id, AbsoluteTime } = await this.api.sendMessage(outgoing.content, outgoing.clientToken);
      const { ParticipantId, DisplayName, ParticipantRole } = this.me;
      this.transcript.merge({
        ...{ Id, AbsoluteTime, ParticipantId, DisplayName, ParticipantRole },
        ...{ Type: "MESSAGE", ContentType: "text/plain", Content: outgoing.content },
      });
      this.outbox = this.outbox.filter((each) => each !== outgoing);
    } catch (error) {
      outgoing.error = /** @type {Error} */ (error);
    }
    this.#isSending = false;
    for (const item of this.#early.splice(0)) this.#take(item);
    this.#sendNext();
  }

  #hear(/** @type {Item} */ item) {
    if (item.Type === "MESSAGEMETADATA") {
      const { MessageId = "", Receipts: told = [] } = item.MessageMetadata ?? {};
      this.transcript.note(MessageId, told);
      this.#changed();
    } else if (item.ContentType === `${EVENT}typing`) {
      this.#hearTyping(item);
    } else if (this.#isSending && item.ParticipantId === this.me.ParticipantId) {
      // An own message may be heard before its sending is answered; it must not be seen twice.
      this.#early.push(item);
    } else {
      this.#take(item);
    }
  }

  #take(/** @type {Item} */ item) {
    const isNew = this.transcript.merge(item);
    const isMine = item.ParticipantId === this.me.ParticipantId;
    for (const { AttachmentId } of item.Attachments ?? []) this.uploads.arrived(AttachmentId);
    if (isNew && !isMine && item.Type !== "EVENT") {
      this.#stopsTyping(item.ParticipantId ?? "");
      this.#receipts.note("delivered", item);
    }
    if (item.ContentType === `${EVENT}chat.ended`) this.#socket.stop();
    // Who leaves is told so first, and then, if that ended the chat, of its end.
    if (item.ContentType === `${EVENT}participant.left` && isMine) this.#socket.finish();
    this.#changed();
  }

  #hearTyping(/** @type {Item} */ { ParticipantId = "", DisplayName = "" }) {
    if (ParticipantId === this.me.ParticipantId) return;
    this.#stopsTyping(ParticipantId);
    const timer = setTimeout(() => this.#stopsTyping(ParticipantId), TYPING_LASTS);
    this.#typists.set(ParticipantId, { name: DisplayName, timer });
    this.#changed();
  }

  #stopsTyping(/** @type {string} */ participantId) {
    clearTimeout(this.#typists.get(participantId)?.timer);
    if (this.#typists.delete(participantId)) this.#changed();
  }

  #lineIs(/** @type {import("./socket.js").SocketState} */ state) {
    this.transcript.lineIs(state === "live");
    this.state = state;
    if (state === "live") this.#catchUp();
    if (state === "over") {
      this.#receipts.stop();
      this.uploads.end();
    }
    this.#changed();
  }

  /** The socket brings nothing twice: what was said while it was away is asked for. */
  async #catchUp() {
    try {
      const missed = await this.transcript.catchUp(
        (members) => this.api.getTranscript(members),
        this.me.ParticipantId,
      );
      for (const item of missed) {
        if (item.ParticipantId !== this.me.ParticipantId && item.Type !== "EVENT") {
          this.#receipts.note("delivered", item);
        }
        for (const { AttachmentId } of item.Attachments ?? []) this.uploads.arrived(AttachmentId);
      }
      this.#changed();
    } catch {
      setTimeout(() => this.state === "live" && this.#catchUp(), CATCH_UP_AGAIN);
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

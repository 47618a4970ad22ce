// @ts-check
/** The transcript on the page: bubbles, marks, and what happened in between. */
import { attachmentCard } from "./attachment.js";
import { button, element } from "./elements.js";
import { reason, when } from "./words.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").Item} Item */
/** @typedef {import("./session.js").Outgoing} Outgoing */

const EVENT = "application/vnd.amazonaws.connect.event.";
const MARKS = { sent: "Sent", delivered: "Delivered", read: "Read" };
const GAP = 120_000;

export class Messages {
  #session;
  /** @type {Map<string, HTMLElement>} */
  #made = new Map();

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /** @returns {HTMLElement[]} everything in order; an item keeps its element */
  elements() {
    const { transcript, outbox, me } = this.#session;
    const fates = transcript.fates(me.ParticipantId);
    const shown = [];
    let before;
    for (const item of transcript.items) {
      const made = this.#once(item.Id, () => this.#item(item));
      made.classList.toggle("follows", follows(item, before));
      const fate = fates.get(item.Id);
      if (fate) mark(made, fate);
      shown.push(made);
      before = item;
    }
    for (const outgoing of outbox) {
      const made = this.#once(outgoing.clientToken, () => this.#outgoing(outgoing));
      this.#note(made, outgoing);
      shown.push(made);
    }
    return shown;
  }

  /** @param {Item} item of somebody @returns {Element} its last line: with it, all of it has been in view */
  lastLineOf(item) {
    const made = this.#once(item.Id, () => this.#item(item));
    return made.querySelector(".meta") ?? made;
  }

  #once(/** @type {string} */ key, /** @type {() => HTMLElement} */ make) {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    return made;
  }

  #item(/** @type {Item} */ item) {
    if (item.Type === "EVENT") return element("p", { class: "event" }, told(item, this.#session));
    const isMine = item.ParticipantId === this.#session.me.ParticipantId;
    const body = item.Attachments?.length
      ? item.Attachments.map((each) => attachmentCard(this.#session.api, each))
      : [element("p", { class: "text", dir: "auto" }, item.Content ?? "")];
    const time = element("time", { datetime: item.AbsoluteTime }, when(item.AbsoluteTime));
    return element(
      "article",
      { class: `message ${isMine ? "mine" : "theirs"}`, },
      element("p", { class: "by" }, isMine ? "You" : (item.DisplayName ?? "Somebody")),
      element("div", { class: "bubble" }, ...body, element("p", { class: "meta" }, time)),
    );
  }

  #outgoing(/** @type {Outgoing} */ outgoing) {
    return element(
      "article",
      // It is told of when it has become an item.
      { class: "message mine outgoing", "aria-live": "off" },
      element("p", { class: "by" }, "You"),
      element("div", { class: "bubble" }, element("p", { class: "text", dir: "auto" }, outgoing.content)),
    );
  }

  /** Say that a message is on its way, or why it is not. */
  #note(/** @type {HTMLElement} */ made, /** @type {Outgoing} */ outgoing) {
    const state = outgoing.error ? "failed" : "sending";
    if (made.dataset.state === state) return;
    made.dataset.state = state;
    made.querySelector(".fate")?.remove();
    if (!outgoing.error) {
      made.append(element("p", { class: "fate" }, "Sending…"));
      return;
    }
    made.append(
      element(
        "div",
        { class: "fate failure", role: "alert" },
        element("span", {}, `Not sent. ${reason(outgoing.error)}`),
        button("Try again", () => this.#session.resend(outgoing)),
        button("Discard", () => this.#session.discard(outgoing)),
      ),
    );
  }
}

/** Whether an item goes under the name of the one before. */
function follows(/** @type {Item} */ item, /** @type {Item | undefined} */ before) {
  if (!before || before.Type === "EVENT" || before.ParticipantId !== item.ParticipantId) return false;
  return Date.parse(item.AbsoluteTime) - Date.parse(before.AbsoluteTime) < GAP;
}

function mark(/** @type {HTMLElement} */ made, /** @type {"sent" | "delivered" | "read"} */ fate) {
  if (made.dataset.fate === fate) return;
  made.dataset.fate = fate;
  made.querySelector(".mark")?.remove();
  made.querySelector(".meta")?.append(element("span", { class: "mark" }, MARKS[fate]));
}

function told(/** @type {Item} */ item, /** @type {Session} */ session) {
  const isMine = item.ParticipantId === session.me.ParticipantId;
  const who = isMine ? "You" : (item.DisplayName ?? "Somebody");
  switch (item.ContentType) {
    case `${EVENT}participant.joined`:
      return `${who} joined`;
    case `${EVENT}participant.left`:
      return `${who} left`;
    case `${EVENT}chat.ended`:
      return "The chat has ended";
    default:
      return `${who}: ${item.ContentType?.replace(EVENT, "") ?? "something happened"}`;
  }
}

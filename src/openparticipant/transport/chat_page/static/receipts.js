// @ts-check
/** Tells the others that their messages arrived and were read: one receipt for all up to the last. */

const GATHER = 300;

export class Receipts {
  #send;
  /** @type {Record<string, string>} */
  #told = { delivered: "", read: "" };
  /** @type {Record<string, {Id: string, AbsoluteTime: string} | null>} */
  #due = { delivered: null, read: null };
  #timer = 0;

  /** @param {(fate: "delivered" | "read", messageId: string) => Promise<unknown>} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {"delivered" | "read"} fate @param {{Id: string, AbsoluteTime: string}} item of somebody else */
  note(fate, item) {
    const latest = this.#due[fate]?.AbsoluteTime ?? this.#told[fate];
    if (item.AbsoluteTime <= latest) return;
    this.#due[fate] = item;
    // Not one for each of a burst; neither are they put off for as long as messages keep coming.
    this.#timer ||= setTimeout(() => this.#flush(), GATHER);
  }

  /** Forget what is still due. */
  stop() {
    clearTimeout(this.#timer);
    this.#timer = -1;
  }

  #flush() {
    this.#timer = 0;
    const { read, delivered } = this.#due;
    this.#due = { delivered: null, read: null };
    // Who has read a message has got it.
    if (delivered && !(read && read.AbsoluteTime >= delivered.AbsoluteTime)) {
      this.#tell("delivered", delivered);
    }
    if (read) this.#tell("read", read);
  }

  #tell(/** @type {"delivered" | "read"} */ fate, /** @type {{Id: string, AbsoluteTime: string}} */ item) {
    this.#told[fate] = item.AbsoluteTime;
    if (fate === "read" && this.#told.delivered < item.AbsoluteTime) {
      this.#told.delivered = item.AbsoluteTime;
    }
    // Best effort: a lost one is made good by the next, and chats of more than two have none.
    this.#send(fate, item.Id).catch(() => {});
  }
}

// @ts-check
/**
 * One WebSocket, from its handshake to its end: subscribe, heartbeat, chat items.
 *
 * Frames are JSON texts with a topic. A chat item travels as a string of JSON within its frame.
 */

const SUBSCRIBE_WITHIN = 5_000;
const HEARTBEAT_EVERY = 10_000;

export class Line {
  #socket;
  #on;
  #timer;
  #beat = 0;
  #unanswered = false;
  #gone = false;

  /**
   * @param {string} url
   * @param {{live: () => void, item: (item: any) => void, lost: () => void}} on `lost` is called
   *   once, unless `close` was
   */
  constructor(url, on) {
    this.#on = on;
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener("open", () =>
      this.#send({ topic: "aws/subscribe", content: { topics: ["aws/chat"] } }),
    );
    this.#socket.addEventListener("message", (event) => this.#read(event.data));
    this.#socket.addEventListener("close", () => this.#lose());
    this.#timer = setTimeout(() => this.#lose(), SUBSCRIBE_WITHIN);
  }

  /** Hang up; nothing is heard any more. */
  close() {
    this.#gone = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#beat);
    this.#socket.close(1000);
  }

  /** Ask at once whether the other side is still there. */
  probe() {
    if (this.#beat && !this.#unanswered) this.#heartbeat();
  }

  #lose() {
    // A connection that died silently takes minutes to say so: what it says then no longer counts.
    if (this.#gone) return;
    this.close();
    this.#on.lost();
  }

  #read(/** @type {string} */ text) {
    if (this.#gone) return;
    const frame = JSON.parse(text);
    if (frame.topic === "aws/chat") {
      this.#on.item(JSON.parse(frame.content));
    } else if (frame.topic === "aws/heartbeat") {
      this.#unanswered = false;
    } else if (frame.topic === "aws/subscribe") {
      if (frame.content.status === "success") this.#subscribed();
      else this.#lose();
    }
  }

  #subscribed() {
    clearTimeout(this.#timer);
    this.#heartbeat();
    this.#on.live();
  }

  #heartbeat() {
    if (this.#unanswered) {
      this.#lose();
      return;
    }
    this.#unanswered = true;
    this.#send({ topic: "aws/heartbeat" });
    this.#send({ topic: "aws/ping" });
    // Counted from here: a machine that slept runs what was due at once, and an answer takes time.
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => this.#heartbeat(), HEARTBEAT_EVERY);
  }

  #send(/** @type {object} */ frame) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

// @ts-check
/**
 * A participant's ear: one live line at a time, renewed before it expires, opened anew when lost.
 *
 * Each line needs a CreateParticipantConnection of its own. Whatever fails there is tried again with
 * growing pauses, but for 403: that is how the service says that the chat is over.
 */
import { Line } from "./line.js";

const LONGEST_PAUSE = 15_000;
const FIRST_PAUSE = 400;
const RENEW_BEFORE = 60_000;
const LAST_WORDS = 2_000;

/** @typedef {"connecting" | "live" | "reconnecting" | "offline" | "over"} SocketState */

export class LiveSocket {
  #connect;
  #on;
  /** @type {Line | null} */
  #line = null;
  /** @type {Line | null} */
  #next = null;
  #attempts = 0;
  #isOpening = false;
  #isFinishing = false;
  #retry = 0;
  #renewal = 0;
  #abort = new AbortController();
  /** @type {SocketState} */
  state = "connecting";

  /**
   * @param {() => Promise<{Url: string, ConnectionExpiry: string}>} connect
   * @param {{state: (state: SocketState) => void, item: (item: any) => void}} on
   */
  constructor(connect, on) {
    this.#connect = connect;
    this.#on = on;
  }

  /** Begin to listen, and go on until `stop` or the end of the chat. */
  start() {
    const { signal } = this.#abort;
    addEventListener("online", () => this.#hurry(), { signal });
    addEventListener("offline", () => this.#line?.probe(), { signal });
    this.#open();
  }

  /** Hear the last words, and hang up when the other side does. */
  finish() {
    this.#isFinishing = true;
    setTimeout(() => this.stop(), LAST_WORDS);
  }

  /** Hang up for good. */
  stop() {
    this.#abort.abort();
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    this.#line?.close();
    this.#next?.close();
    this.#become("over");
  }

  async #open() {
    if (this.#isOpening || this.state === "over") return;
    this.#isOpening = true;
    try {
      const { Url, ConnectionExpiry } = await this.#connect();
      if (!this.#abort.signal.aborted) this.#dial(Url, Date.parse(ConnectionExpiry));
    } catch (error) {
      this.#isOpening = false;
      if (/** @type {any} */ (error).status === 403) this.stop();
      else this.#openLater();
    }
  }

  #dial(/** @type {string} */ url, /** @type {number} */ expiresAt) {
    const line = new Line(url, {
      item: this.#on.item,
      live: () => {
        // Only now may the old line go: between the two nothing is missed.
        this.#line?.close();
        this.#line = line;
        this.#next = null;
        this.#isOpening = false;
        this.#attempts = 0;
        this.#renewIn(expiresAt - Date.now() - RENEW_BEFORE);
        this.#become("live");
      },
      lost: () => {
        if (this.#isFinishing) {
          this.stop();
          return;
        }
        if (line === this.#line) this.#line = null;
        if (line === this.#next) {
          this.#next = null;
          this.#isOpening = false;
        }
        if (!this.#line) this.#become(navigator.onLine ? "reconnecting" : "offline");
        this.#openLater();
      },
    });
    this.#next = line;
  }

  #openLater() {
    if (this.state === "over" || this.#isOpening) return;
    if (!this.#line) this.#become(navigator.onLine ? "reconnecting" : "offline");
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#attempts);
    this.#attempts += 1;
    clearTimeout(this.#retry);
    // Spread out, so that all clients of a server that was restarted do not come back at once.
    this.#retry = setTimeout(() => this.#open(), longest * (0.5 + Math.random() / 2));
  }

  #hurry() {
    if (this.#line) return;
    clearTimeout(this.#retry);
    this.#attempts = 0;
    this.#open();
  }

  #renewIn(/** @type {number} */ millis) {
    clearTimeout(this.#renewal);
    if (millis > 0) this.#renewal = setTimeout(() => this.#open(), millis);
  }

  #become(/** @type {SocketState} */ state) {
    if (state === this.state && state !== "live") return;
    this.state = state;
    this.#on.state(state);
  }
}

// @ts-check
/** One participant's half of the page: who it is, how the line is, the transcript, files, composer. */
import { composer } from "./composer.js";
import { onDrop } from "./drop.js";
import { arrange, button, element } from "./elements.js";
import { Messages } from "./messages.js";
import { UploadList } from "./uploads.js";
import { reason } from "./words.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").Item} Item */

const LINES = {
  connecting: "Connecting…",
  live: "Connected",
  reconnecting: "Reconnecting…",
  offline: "Offline",
  over: "Chat over",
};
const ROLES = { CUSTOMER: "Customer", AGENT: "Agent" };
const NEAR = 60; // pixels from the end of the log that still count as being there

export class Pane {
  #session;
  #messages;
  #uploads;
  #composer;
  #line = element("p", { class: "line", role: "status" });
  #log;
  #typing = element("p", { class: "typing" });
  #files;
  #notice = element("p", { class: "notice failure", role: "alert", hidden: true });
  #leave;
  #latest = button("New messages", () => this.#toEnd(), { class: "latest", hidden: "" });
  #isAtEnd = true;
  #isDue = false;
  /** @type {Set<string>} */
  #watched = new Set();
  /** @type {Map<Element, Item>} */
  #unread = new Map();
  #seen;

  /** @param {Session} session @param {() => void} changed called when the count of unread ones does */
  constructor(session, changed) {
    const { DisplayName: name, ParticipantRole: role } = session.me;
    this.#session = session;
    this.changed = changed;
    this.#messages = new Messages(session);
    this.#uploads = new UploadList(session.uploads);
    this.#log = element("div", {
      ...{ class: "log", role: "log", tabindex: 0, "aria-live": "polite" },
      "aria-label": `Messages as ${name} sees them`,
    });
    this.#files = element("ul", { class: "uploads", "aria-label": `Files that ${name} is sending` });
    const leave = role === "CUSTOMER" ? "End chat" : "Leave";
    this.#leave = button(leave, () => this.#goodbye(), { class: "quiet", "aria-label": `${leave} as ${name}` });
    this.#composer = composer(name, {
      send: (text) => session.send(text),
      attach: (files) => session.uploads.add(files),
      typing: () => session.typing(),
    });
    this.section = element(
      "section",
      { class: `pane ${role.toLowerCase()}`, "aria-label": `${name}, ${ROLES[/** @type {"AGENT"} */ (role)]}` },
      element(
        "header",
        { class: "who" },
        element("span", { class: "avatar", "aria-hidden": "true" }, name.slice(0, 1)),
        element("div", { class: "names" }, element("h2", {}, name), element("p", {}, ROLES[/** @type {"AGENT"} */ (role)])),
        this.#line,
        this.#leave,
      ),
      element("div", { class: "talk" }, this.#log, this.#latest),
      ...[this.#typing, this.#notice, this.#files, this.#composer.form],
      element("div", { class: "drop-hint", "aria-hidden": "true" }, `Drop files to attach them as ${name}`),
    );
    // A browser that shows nothing of a page, since another tab hides it, does not observe it either.
    this.#seen = new IntersectionObserver((entries) => this.#see(entries), { root: this.#log, threshold: 0.5 });
    this.#log.addEventListener("scroll", () => this.#scrolled());
    new ResizeObserver(() => this.#isAtEnd && this.#toEnd()).observe(this.#log);
    onDrop(this.section, (files, folders) => this.#dropped(files, folders));
    session.addEventListener("change", () => this.#renderSoon());
    this.#render();
  }

  /** How many messages of others have come that were not in view yet. */
  get unread() {
    return this.#unread.size;
  }

  focus() {
    this.#composer.focus();
  }

  #renderSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#render());
  }

  #render() {
    this.#isDue = false;
    const { state, typists } = this.#session;
    const line = LINES[state];
    if (this.#line.textContent !== line) this.#line.textContent = line;
    this.section.dataset.line = state;
    if (state === "over") {
      this.#composer.end();
      this.#leave.disabled = true;
    }
    const before = this.#log.childElementCount;
    arrange(this.#log, this.#messages.elements());
    this.#watch();
    this.#typing.textContent = typists.length && state !== "over" ? `${typists.join(", ")} is typing…` : "";
    arrange(this.#files, this.#uploads.elements());
    if (this.#isAtEnd) this.#toEnd();
    else if (this.#log.childElementCount > before) this.#latest.hidden = false;
  }

  /** Look out for each message of somebody else until it comes into view. */
  #watch() {
    const { transcript, me } = this.#session;
    for (const item of transcript.items) {
      if (this.#watched.has(item.Id)) continue;
      this.#watched.add(item.Id);
      if (item.Type === "EVENT" || item.ParticipantId === me.ParticipantId) continue;
      const shown = this.#messages.lastLineOf(item);
      this.#unread.set(shown, item);
      this.#seen.observe(shown);
      this.changed();
    }
  }

  #see(/** @type {IntersectionObserverEntry[]} */ entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      const item = this.#unread.get(target);
      if (!item) continue;
      this.#session.saw(item);
      this.#forgetUntil(item);
    }
    this.changed();
  }

  /** Whoever sees a message has passed those before it. */
  #forgetUntil(/** @type {Item} */ last) {
    for (const [shown, item] of this.#unread) {
      if (item.AbsoluteTime > last.AbsoluteTime) continue;
      this.#unread.delete(shown);
      this.#seen.unobserve(shown);
    }
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#isAtEnd) this.#latest.hidden = true;
  }

  #toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#latest.hidden = true;
  }

  #dropped(/** @type {File[]} */ files, /** @type {string[]} */ folders) {
    this.#session.uploads.add(files);
    this.#say(folders.length ? `Folders cannot be attached: ${folders.join(", ")}.` : "");
  }

  async #goodbye() {
    this.#leave.disabled = true;
    try {
      await this.#session.leave();
      this.#say("");
    } catch (error) {
      this.#leave.disabled = false;
      this.#say(`You are still in the chat. ${reason(/** @type {Error} */ (error))}`);
    }
  }

  #say(/** @type {string} */ words) {
    this.#notice.textContent = words;
    this.#notice.hidden = !words;
  }
}

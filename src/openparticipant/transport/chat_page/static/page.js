// @ts-check
/**
 * The page: starts a chat, and opens it twice, as its customer and as its agent.
 *
 * The two halves are clients of their own. Nothing passes between them but by way of the service.
 */
import { ignoreOtherDrops } from "./drop.js";
import { element } from "./elements.js";
import { Pane } from "./pane.js";
import { Session } from "./session.js";

const KEPT = "chat";
const SIDES = ["customer", "agent"];

/** @typedef {import("./session.js").Participant} Participant */
/** @typedef {{ContactId: string, Customer: Participant, Agent: Participant}} StartedChat */

class Page {
  #main = find("main");
  #welcome = find("#welcome");
  #trouble = find("#trouble");
  #contact = find("#contact");
  #sides = SIDES.map((side) => find(`#side-${side}`));
  #isStarting = false;
  /** @type {Session[]} */
  #sessions = [];
  /** @type {Pane[]} */
  #panes = [];

  begin() {
    for (const each of document.querySelectorAll(".new-chat")) {
      each.addEventListener("click", () => this.#newChat());
    }
    SIDES.forEach((side, index) => {
      this.#sides[index].addEventListener("click", () => this.#show(side));
    });
    ignoreOtherDrops();
    this.#show("customer");
    const kept = sessionStorage.getItem(KEPT);
    if (kept) this.#open(JSON.parse(kept));
  }

  async #newChat() {
    if (this.#isStarting) return;
    this.#isStarting = true;
    this.#trouble.textContent = "";
    try {
      const started = await startChat();
      await this.#close();
      sessionStorage.setItem(KEPT, JSON.stringify(started));
      this.#open(started);
      this.#panes[SIDES.indexOf(document.body.dataset.side ?? "")]?.focus();
    } catch (error) {
      this.#trouble.textContent = `No chat could be started. ${/** @type {Error} */ (error).message}`;
    }
    this.#isStarting = false;
  }

  #open(/** @type {StartedChat} */ { ContactId, Customer, Agent }) {
    this.#sessions = [Customer, Agent].map((each) => new Session(location.origin, each));
    this.#panes = this.#sessions.map((each) => new Pane(each, () => this.#count()));
    for (const session of this.#sessions) {
      session.addEventListener("change", () => {
        if (this.#sessions.every(({ state }) => state === "over")) sessionStorage.removeItem(KEPT);
      });
      session.start();
    }
    this.#welcome.remove();
    this.#main.replaceChildren(...this.#panes.map(({ section }) => section));
    this.#contact.replaceChildren("Contact ", element("code", {}, ContactId));
    document.body.classList.add("chatting");
    this.#count();
  }

  /** End the chat that is open: nobody would come back to it. */
  async #close() {
    const [customer] = this.#sessions;
    if (customer && customer.state !== "over") await customer.leave().catch(() => {});
    for (const session of this.#sessions) session.stop();
  }

  /** Choose the half that a narrow screen shows. */
  #show(/** @type {string} */ side) {
    document.body.dataset.side = side;
    SIDES.forEach((each, index) => {
      this.#sides[index].setAttribute("aria-pressed", `${each === side}`);
    });
  }

  #count() {
    this.#panes.forEach(({ unread }, index) => {
      const badge = find(".unread", this.#sides[index]);
      badge.textContent = unread ? `${unread} new` : "";
    });
  }
}

/** The one request that is not of the public service; a back end of yours would do this. */
async function startChat() {
  const response = await fetch("chats", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.Message);
  return /** @type {StartedChat} */ (answer);
}

/** @param {string} selector @param {ParentNode} within @returns {HTMLElement} */
function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`there is no ${selector}`);
  return found;
}

new Page().begin();

// @ts-check
/** The files on their way, above the composer: progress, what is left, cancel, and what went wrong. */
import { button, element } from "./elements.js";
import { bytes, reason, remaining } from "./words.js";

/** @typedef {import("./upload.js").Upload} Upload */

const SETTLED = 1_000; // milliseconds until a speed means something

export class UploadList {
  #queue;
  /** @type {WeakMap<Upload, {row: HTMLLIElement, update: () => void}>} */
  #rows = new WeakMap();

  /** @param {import("./upload_queue.js").UploadQueue} queue */
  constructor(queue) {
    this.#queue = queue;
  }

  /** @returns {HTMLElement[]} a row for each upload; an upload keeps its row */
  elements() {
    return this.#queue.uploads.map((upload) => {
      const made = this.#rows.get(upload) ?? this.#make(upload);
      this.#rows.set(upload, made);
      made.update();
      return made.row;
    });
  }

  #make(/** @type {Upload} */ upload) {
    const { name } = upload.file;
    const bar = element("progress", { max: upload.file.size || 1, value: 0 });
    bar.setAttribute("aria-label", `Sending ${name}`);
    const detail = element("p", { class: "detail" });
    const actions = element("div", { class: "actions" });
    const row = element(
      "li",
      { class: "upload" },
      element("span", { class: "file-name", dir: "auto" }, name),
      actions,
      bar,
      detail,
    );
    const act = (/** @type {string} */ label, /** @type {() => void} */ does) =>
      button(label, does, { "aria-label": `${label}: ${name}` });
    const remove = () => this.#queue.remove(upload);
    const cancel = act("Cancel", remove);
    const again = act("Try again", () => this.#queue.retry(upload));
    const dismiss = act("Dismiss", remove);
    const update = () => {
      bar.value = upload.sent;
      bar.hidden = upload.state === "failed";
      again.hidden = this.#queue.isOver;
      detail.textContent = describe(upload);
      if (row.dataset.state === upload.state) return;
      row.dataset.state = upload.state;
      const hadFocus = actions.contains(document.activeElement);
      const isFailed = upload.state === "failed";
      // Once all bytes are there, the file may be in the chat at any moment: too late to cancel.
      const isLate = upload.state === "checking" || upload.state === "done";
      actions.replaceChildren(...(isFailed ? [again, dismiss] : isLate ? [] : [cancel]));
      if (hadFocus && isFailed) dismiss.focus();
      if (isFailed) detail.setAttribute("role", "alert");
      else detail.removeAttribute("role");
    };
    return { row, update };
  }
}

function describe(/** @type {Upload} */ upload) {
  const size = upload.file.size;
  switch (upload.state) {
    case "waiting":
      return `Waiting, ${bytes(size)}`;
    case "checking":
    case "done":
      return "Being checked…";
    case "failed":
      return `Not attached. ${reason(upload.error)}`;
    default:
      return progress(upload.sent, size, performance.now() - upload.began);
  }
}

function progress(/** @type {number} */ sent, /** @type {number} */ size, /** @type {number} */ millis) {
  const parts = [`${bytes(sent)} of ${bytes(size)}`];
  if (sent && millis > SETTLED) {
    const speed = (sent / millis) * 1000;
    parts.push(`${bytes(speed)}/s`, remaining((size - sent) / speed));
  } else if (size) {
    parts.push(`${Math.floor((sent / size) * 100)} %`);
  }
  return parts.join(" · ");
}

// @ts-check
/** Where a person writes, and gives files: by button or paste. Dropping is the pane's affair. */
import { button, element, unseen } from "./elements.js";
import { characters } from "./words.js";

const LONGEST = 1024;
const COUNT_FROM = 900;

/**
 * @param {string} name whose composer it is, which also tells the two on the page apart
 * @param {{send: (text: string) => void, attach: (files: File[]) => void, typing: () => void}} does
 */
export function composer(name, does) {
  const id = `message-${name}`;
  const field = element("textarea", {
    ...{ id, rows: 1, dir: "auto", placeholder: "Write a message", autocomplete: "off" },
    "aria-describedby": `${id}-count`,
  });
  const count = element("p", { class: "count", id: `${id}-count` });
  const picker = element("input", { type: "file", multiple: true, hidden: true, tabindex: -1 });
  picker.setAttribute("aria-label", `Files to attach as ${name}`);
  const attach = button("", () => picker.click(), { class: "icon attach", title: "Attach files" });
  attach.append(unseen(`Attach files as ${name}`));
  const send = element("button", { class: "icon send", title: "Send" }, unseen(`Send as ${name}`));
  const form = element(
    "form",
    { class: "composer" },
    element("label", { class: "unseen", for: id }, `Message as ${name}`),
    ...[attach, picker, field, send, count],
  );

  const measure = () => {
    const left = LONGEST - characters(field.value);
    const isTooLong = left < 0;
    field.setAttribute("aria-invalid", `${isTooLong}`);
    count.classList.toggle("failure", isTooLong);
    count.textContent = tally(left);
    send.disabled = isTooLong || !field.value.trim();
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  };

  field.addEventListener("input", () => {
    measure();
    if (field.value.trim()) does.typing();
  });
  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    does.attach(files);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    measure();
    if (send.disabled || field.disabled) return;
    does.send(field.value);
    field.value = "";
    measure();
    field.focus();
  });
  picker.addEventListener("change", () => {
    does.attach([...(picker.files ?? [])]);
    // Else the same file could not be chosen twice.
    picker.value = "";
  });
  measure();

  return {
    form,
    focus: () => field.focus(),
    /** Take no more: the chat is over. What was written stays to be copied. */
    end: () => {
      field.readOnly = true;
      field.placeholder = "The chat is over";
      send.disabled = true;
      attach.disabled = true;
      picker.disabled = true;
    },
  };
}

function tally(/** @type {number} */ left) {
  if (left < 0) return `${-left} characters too many: ${LONGEST} is the most.`;
  return LONGEST - left >= COUNT_FROM ? `${left} of ${LONGEST} characters left` : "";
}

// @ts-check
/** A file in the transcript: its name, a preview if it is a picture, and the way to have it. */
import { button, element } from "./elements.js";
import { bytes, reason } from "./words.js";

/** @typedef {import("./participant.js").ParticipantApi} ParticipantApi */
/** @typedef {{AttachmentId: string, AttachmentName: string, ContentType: string, Status: string}} Attachment */

const SHOWN = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);
const KEPT_FOR = 60_000;

/** @param {ParticipantApi} api @param {Attachment} attachment @returns {HTMLElement} */
export function attachmentCard(api, attachment) {
  const { AttachmentName: name, ContentType, Status } = attachment;
  const card = element("div", { class: "file" });
  if (Status === "APPROVED" && SHOWN.has(ContentType)) card.append(preview(api, attachment));
  const label = element("span", { class: "file-name", dir: "auto" }, name);
  const row = element("div", { class: "file-row" }, kind(name), label);
  card.append(row);
  if (Status === "APPROVED") row.append(downloadButton(api, attachment, card));
  else card.append(element("p", { class: "file-note" }, fateOf(Status)));
  return card;
}

/** @param {string} status */
function fateOf(status) {
  if (status === "REJECTED") return "This file was rejected. Nobody can fetch it.";
  return "This file is still being checked.";
}

function kind(/** @type {string} */ name) {
  const extension = name.includes(".") ? (name.split(".").at(-1) ?? "") : "";
  return element("span", { class: "file-kind", "aria-hidden": "true" }, extension.slice(0, 4) || "file");
}

/** The box has its size from the start, so that nothing jumps once the picture is there. */
function preview(/** @type {ParticipantApi} */ api, /** @type {Attachment} */ attachment) {
  const image = element("img", {
    alt: `Preview of ${attachment.AttachmentName}`,
    width: 240,
    height: 160,
    decoding: "async",
  });
  const box = element("div", { class: "preview" }, image);
  image.addEventListener("error", () => box.remove());
  api.getAttachment(attachment.AttachmentId).then(
    ({ Url }) => {
      image.src = Url;
    },
    () => box.remove(),
  );
  return box;
}

function downloadButton(
  /** @type {ParticipantApi} */ api,
  /** @type {Attachment} */ attachment,
  /** @type {HTMLElement} */ card,
) {
  const note = element("p", { class: "file-note", role: "status" });
  const made = button("Download", async () => {
    made.disabled = true;
    note.textContent = "Downloading…";
    card.append(note);
    try {
      const size = await download(api, attachment);
      note.textContent = `Downloaded, ${bytes(size)}.`;
    } catch (error) {
      note.textContent = `Not downloaded: ${reason(/** @type {Error} */ (error))}`;
    }
    made.disabled = false;
  });
  made.setAttribute("aria-label", `Download ${attachment.AttachmentName}`);
  return made;
}

/**
 * Fetch a file and hand it to the browser under its own name. The answer is looked at first: a link that
 * has expired would otherwise be saved as if its error were the file.
 */
async function download(/** @type {ParticipantApi} */ api, /** @type {Attachment} */ attachment) {
  const { Url } = await api.getAttachment(attachment.AttachmentId);
  const response = await fetch(Url);
  if (!response.ok) throw new Error(`The download was refused (${response.status}).`);
  const blob = await response.blob();
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: attachment.AttachmentName }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_FOR);
  return blob.size;
}

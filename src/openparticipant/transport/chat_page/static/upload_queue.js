// @ts-check
/** The files that a participant is sending: so many at once, the others wait for their turn. */
import { Upload } from "./upload.js";

const AT_ONCE = 3;

export class UploadQueue {
  #api;
  #changed;
  /** @type {Upload[]} */
  uploads = [];
  isOver = false;

  /** @param {import("./participant.js").ParticipantApi} api @param {() => void} changed */
  constructor(api, changed) {
    this.#api = api;
    this.#changed = changed;
  }

  /** @param {Iterable<File>} files */
  add(files) {
    if (this.isOver) return;
    for (const file of files) this.uploads.push(new Upload(this.#api, file, this.#changed));
    this.#next();
  }

  /** @param {Upload} upload one that failed */
  retry(upload) {
    upload.reset();
    this.#next();
  }

  /** Take an upload off the list, and stop it if it runs. @param {Upload} upload */
  remove(upload) {
    this.uploads = this.uploads.filter((each) => each !== upload);
    upload.stop();
    this.#changed();
  }

  /** The file is in the transcript now, so it need not stand here as well. @param {string} attachmentId */
  arrived(attachmentId) {
    this.uploads = this.uploads.filter((each) => each.attachmentId !== attachmentId);
  }

  /** The chat is over: say so of what has not got through, and take no more. */
  end() {
    this.isOver = true;
    for (const upload of this.uploads) {
      const isSent = upload.state === "checking" || upload.state === "done";
      const what = isSent ? "while it was being checked" : "before it was sent";
      upload.stop(new Error(`The chat ended ${what}.`));
    }
    this.#changed();
  }

  #next() {
    this.#changed();
    for (const upload of this.uploads) {
      if (this.uploads.filter((each) => each.isActive).length >= AT_ONCE) return;
      if (upload.state === "waiting") upload.run().then(() => this.#next());
    }
  }
}

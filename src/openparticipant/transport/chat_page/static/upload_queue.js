// @ts-check
/** The files that a participant is sending: so many at once, the others wait for their turn. */
import { Upload } from "./upload.js";

const AT_ONCE = 3;

export class UploadQueue {
  #api;
  #changed;
  /** @type {Upload[]} */
  uploads = [];

  /** @param {import("./participant.js").ParticipantApi} api @param {() => void} changed */
  constructor(api, changed) {
    this.#api = api;
    this.#changed = changed;
  }

  /** @param {Iterable<File>} files */
  add(files) {
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
    if (upload.isActive || upload.state === "waiting") upload.cancel();
    this.#changed();
  }

  /** The file is in the transcript now, so it need not stand here as well. @param {string} attachmentId */
  arrived(attachmentId) {
    this.uploads = this.uploads.filter((each) => each.attachmentId !== attachmentId);
  }

  stop() {
    for (const upload of [...this.uploads]) if (upload.state !== "failed") this.remove(upload);
  }

  #next() {
    this.#changed();
    for (const upload of this.uploads) {
      if (this.uploads.filter((each) => each.isActive).length >= AT_ONCE) return;
      if (upload.state === "waiting") upload.run().then(() => this.#next());
    }
  }
}

// @ts-check
/**
 * One file on its way into the chat, in three steps: StartAttachmentUpload gives a pre-signed URL, the
 * bytes go there with exactly the headers that came with it, and CompleteAttachmentUpload says so.
 *
 * Both calls keep their ClientTokens for good, so whatever failed can simply be done again: the service
 * then answers for the same attachment, with a URL that still works.
 */
import { pause, ServiceError } from "./participant.js";

/** @typedef {import("./participant.js").ParticipantApi} ParticipantApi */
/** @typedef {"waiting" | "sending" | "checking" | "done" | "failed" | "cancelled"} UploadState */

const ATTEMPTS = 3;
const PAUSE = 800;
// A browser writes this one by itself, with the true size, and lets no script do it.
const BROWSERS_OWN = new Set(["content-length"]);

export class Upload {
  #api;
  #changed;
  #startToken = crypto.randomUUID();
  #completeToken = crypto.randomUUID();
  /** @type {XMLHttpRequest | null} */
  #request = null;
  #isStopped = false;
  /** @type {UploadState} */
  state = "waiting";
  attachmentId = "";
  sent = 0;
  /** When the first byte went, in the milliseconds of `performance.now`. */
  began = 0;
  /** @type {Error | null} */
  error = null;

  /** @param {ParticipantApi} api @param {File} file @param {() => void} changed */
  constructor(api, file, changed) {
    this.#api = api;
    this.file = file;
    this.#changed = changed;
  }

  get isActive() {
    return this.state === "sending" || this.state === "checking";
  }

  /** Carry out all three steps; never rejects, for `state` and `error` tell what came of it. */
  async run() {
    this.error = null;
    this.#become("sending");
    try {
      const { AttachmentId, UploadMetadata } = await this.#api.startUpload(this.file, this.#startToken);
      this.attachmentId = AttachmentId;
      await this.#put(UploadMetadata);
      this.#become("checking");
      await this.#api.completeUpload(AttachmentId, this.#completeToken);
      this.#become("done");
    } catch (error) {
      if (this.#isStopped) return;
      this.error = /** @type {Error} */ (error);
      this.#become("failed");
    }
  }

  /** Put an upload that failed back into the line. */
  reset() {
    this.state = "waiting";
    this.error = null;
    this.sent = 0;
  }

  /**
   * Stop for good, whatever step it is at; what was completed before is the chat's.
   * @param {Error | null} why to be told, unless the person wanted it
   */
  stop(why = null) {
    if (this.state === "failed" || this.state === "cancelled") return;
    this.#become(why ? "failed" : "cancelled");
    this.error = why;
    this.#isStopped = true;
    this.#request?.abort();
  }

  #become(/** @type {UploadState} */ state) {
    // Once stopped, an answer that was on its way changes nothing.
    if (this.#isStopped) throw new Error("stopped");
    this.state = state;
    this.#changed();
  }

  async #put(/** @type {{Url: string, HeadersToInclude: Record<string, string>}} */ metadata) {
    for (let attempt = 1; ; attempt += 1) {
      if (this.#isStopped) throw new Error("stopped");
      const error = await this.#putOnce(metadata.Url, metadata.HeadersToInclude);
      if (!error) return;
      if (attempt >= ATTEMPTS || !error.isPassing) throw error;
      await pause(PAUSE * attempt);
    }
  }

  /** `fetch` tells nothing of an upload's progress, so this is an XMLHttpRequest. */
  #putOnce(/** @type {string} */ url, /** @type {Record<string, string>} */ headers) {
    const request = new XMLHttpRequest();
    this.#request = request;
    this.sent = 0;
    this.began = performance.now();
    request.upload.addEventListener("progress", ({ loaded }) => {
      this.sent = loaded;
      this.#changed();
    });
    /** @type {Promise<ServiceError | null>} */
    const outcome = new Promise((resolve) => {
      request.addEventListener("loadend", () => resolve(failure(request)));
    });
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      if (!BROWSERS_OWN.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.send(this.file);
    return outcome;
  }
}

/** What the object store said, in its own words where there are any: its errors are XML. */
function failure(/** @type {XMLHttpRequest} */ request) {
  const { status } = request;
  if (status === 200) return null;
  if (status === 0) return new ServiceError("NetworkError", "The upload was cut off.", 0);
  const xml = request.responseXML;
  const name = xml?.querySelector("Code")?.textContent ?? "UploadRefused";
  const message = xml?.querySelector("Message")?.textContent;
  return new ServiceError(name, message ?? `The upload was refused (${status}).`, status);
}

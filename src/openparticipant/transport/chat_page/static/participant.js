// @ts-check
/**
 * The participant service over HTTP: one method for each operation that a chat needs.
 *
 * Every operation is a POST of JSON. What authorises it is a token in `X-Amz-Bearer`: the participant
 * token opens connections, and the connection token that comes with one is for everything else.
 */

const ATTEMPTS = 4;
const FIRST_PAUSE = 250;
const PATIENCE = 20_000;
const EVENT = "application/vnd.amazonaws.connect.event.";

/** A refusal, or a failure, by the name that the service gives it. */
export class ServiceError extends Error {
  /** @param {string} name @param {string} message @param {number} status 0 if nothing answered */
  constructor(name, message, status) {
    super(message);
    this.name = name;
    this.status = status;
  }

  /** Whether the same request may well succeed a little later. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class ParticipantApi {
  #endpoint;
  #participantToken;
  #connectionToken = "";

  /** @param {string} endpoint an origin @param {string} participantToken */
  constructor(endpoint, participantToken) {
    this.#endpoint = endpoint;
    this.#participantToken = participantToken;
  }

  /**
   * CreateParticipantConnection: take a fresh connection token, and return where to listen.
   * Tried once, since who opens a socket has a rhythm of its own for trying again.
   * @returns {Promise<{Url: string, ConnectionExpiry: string}>}
   */
  async connect() {
    const body = { Type: ["WEBSOCKET", "CONNECTION_CREDENTIALS"] };
    const answer = await this.#ask("connection", body, this.#participantToken, 1);
    this.#connectionToken = answer.ConnectionCredentials.ConnectionToken;
    return answer.Websocket;
  }

  /** @param {string} Content @param {string} ClientToken the same for each try of one message */
  sendMessage(Content, ClientToken) {
    return this.#call("message", { ContentType: "text/plain", Content, ClientToken });
  }

  /** Tell that something is being typed; not worth a second attempt. */
  sendTyping() {
    return this.#call("event", { ContentType: `${EVENT}typing` }, 1);
  }

  /** @param {"delivered" | "read"} fate @param {string} messageId */
  sendReceipt(fate, messageId) {
    const Content = JSON.stringify({ messageId });
    return this.#call("event", { ContentType: `${EVENT}message.${fate}`, Content });
  }

  /** @param {object} members such as StartPosition, NextToken, ScanDirection */
  getTranscript(members) {
    return this.#call("transcript", members);
  }

  disconnect() {
    return this.#call("disconnect", { ClientToken: crypto.randomUUID() });
  }

  /** @param {File} file @param {string} ClientToken */
  startUpload(file, ClientToken) {
    return this.#call("start-attachment-upload", {
      AttachmentName: file.name,
      AttachmentSizeInBytes: file.size,
      // Browsers know no type for some files; the service then goes by the name.
      ContentType: file.type || "application/octet-stream",
      ClientToken,
    });
  }

  /** @param {string} attachmentId @param {string} ClientToken */
  completeUpload(attachmentId, ClientToken) {
    return this.#call("complete-attachment-upload", { AttachmentIds: [attachmentId], ClientToken });
  }

  /** @param {string} AttachmentId */
  getAttachment(AttachmentId) {
    return this.#call("attachment", { AttachmentId });
  }

  #call(/** @type {string} */ path, /** @type {object} */ body, attempts = ATTEMPTS) {
    return this.#ask(path, body, this.#connectionToken, attempts);
  }

  /**
   * @param {string} path @param {object} body @param {string} bearer @param {number} attempts
   * @returns {Promise<any>}
   */
  async #ask(path, body, bearer, attempts) {
    for (let attempt = 1; ; attempt += 1) {
      const { answer, error, retryAfter } = await this.#once(path, body, bearer);
      if (!error) return answer;
      if (attempt >= attempts || !error.isPassing) throw error;
      await pause(retryAfter ?? FIRST_PAUSE * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }

  async #once(/** @type {string} */ path, /** @type {object} */ body, /** @type {string} */ bearer) {
    let response;
    let answer;
    try {
      response = await fetch(`${this.#endpoint}/participant/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Amz-Bearer": bearer },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
      answer = await response.json();
    } catch {
      return { error: new ServiceError("NetworkError", "The server cannot be reached.", 0) };
    }
    if (response.ok) return { answer };
    const seconds = Number(response.headers.get("Retry-After") ?? NaN);
    return {
      error: refusal(response, answer),
      retryAfter: Number.isFinite(seconds) ? seconds * 1000 : undefined,
    };
  }
}

/** The header may say `Name:http://…` or `ns#Name`; the body repeats the name for want of the header. */
function refusal(/** @type {Response} */ response, /** @type {any} */ body) {
  const said = response.headers.get("x-amzn-ErrorType") ?? body.__type ?? "UnknownError";
  const name = said.split(/[,:]/)[0].split("#").at(-1) ?? said;
  return new ServiceError(name, body.Message ?? body.message ?? name, response.status);
}

/** @param {number} millis @returns {Promise<void>} */
export function pause(millis) {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}

// @ts-check
/**
 * What was said, in order, however it came: over the socket, in pages of GetTranscript, or twice.
 *
 * Items merge by Id and stand by AbsoluteTime, which the service makes strictly increasing in a chat.
 */

const PAGE = 100;

/**
 * @typedef {{DeliveredTimestamp?: string, ReadTimestamp?: string, RecipientParticipantId: string}} Receipt
 * @typedef {{Id: string, AbsoluteTime: string, Type: string, ContentType?: string, Content?: string,
 *   ParticipantId?: string, DisplayName?: string, ParticipantRole?: string,
 *   Attachments?: {AttachmentId: string, AttachmentName: string, ContentType: string, Status: string}[],
 *   MessageMetadata?: {MessageId: string, Receipts?: Receipt[]}}} Item
 */

export class Transcript {
  /** @type {Item | undefined} the last item before the gap */
  #known;
  #complete = false;
  #isLive = false;
  /** @type {Map<string, Item>} */
  #byId = new Map();
  /** @type {Map<string, Receipt[]>} */
  #receipts = new Map();
  /** @type {Item[]} */
  items = [];

  /** @param {Item} item @returns {boolean} whether it is new */
  merge(item) {
    this.note(item.Id, item.MessageMetadata?.Receipts ?? []);
    if (this.#byId.has(item.Id)) return false;
    this.#byId.set(item.Id, item);
    let place = this.items.length;
    while (place > 0 && this.items[place - 1].AbsoluteTime > item.AbsoluteTime) place -= 1;
    this.items.splice(place, 0, item);
    return true;
  }

  /** Note receipts, which may come before the message that they are of. @param {string} messageId @param {Receipt[]} receipts */
  note(messageId, receipts) {
    if (!receipts.length) return;
    this.#receipts.set(messageId, [...(this.#receipts.get(messageId) ?? []), ...receipts]);
  }

  /**
   * What became of the participant's own messages, by Id. A receipt counts for all that was said before:
   * clients send one for the last message they show.
   * @param {string} me @returns {Map<string, "sent" | "delivered" | "read">}
   */
  fates(me) {
    const fates = new Map();
    let fate = "sent";
    for (const item of this.items.toReversed()) {
      if (item.ParticipantId !== me || item.Type === "EVENT" || isRejected(item)) continue;
      for (const receipt of this.#receipts.get(item.Id) ?? []) {
        if (receipt.RecipientParticipantId === me) continue;
        if (receipt.ReadTimestamp) fate = "read";
        else if (receipt.DeliveredTimestamp && fate === "sent") fate = "delivered";
      }
      fates.set(item.Id, fate);
    }
    return fates;
  }

  /**
   * Hear of the line. What arrives while it comes up may stand behind a gap, so it is not known.
   * @param {boolean} isLive
   */
  lineIs(isLive) {
    if (this.#complete && !isLive) this.#known = this.items.at(-1);
    this.#complete = false;
    this.#isLive = isLive;
  }

  /**
   * Fetch what is missing: everything while nothing is known, after a gap what came since the last item
   * before it, or since the first own message that nobody had read, for its receipts may have come
   * meanwhile.
   * @param {(members: object) => Promise<any>} getTranscript @param {string} me
   * @returns {Promise<Item[]>} the new ones
   */
  async catchUp(getTranscript, me) {
    const known = this.#known;
    const fates = this.fates(me);
    const from = this.items.find(({ Id }) => fates.has(Id) && fates.get(Id) !== "read");
    const start = known && from && from.AbsoluteTime < known.AbsoluteTime ? from : known;
    const asked = {
      ScanDirection: "FORWARD",
      SortOrder: "ASCENDING",
      MaxResults: PAGE,
      ...(start && { StartPosition: { Id: start.Id } }),
    };
    const fresh = [];
    let NextToken;
    do {
      const page = await getTranscript(NextToken ? { ...asked, NextToken } : asked);
      for (const item of page.Transcript) if (this.merge(item)) fresh.push(item);
      ({ NextToken } = page);
    } while (NextToken);
    this.#complete = this.#isLive;
    return fresh;
  }
}

/** Whether nobody else sees an item, so that nothing becomes of it. */
function isRejected(/** @type {Item} */ item) {
  return Boolean(item.Attachments?.some(({ Status }) => Status === "REJECTED"));
}

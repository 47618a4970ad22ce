// One chatjs session, as a page would hold it, and a record of every callback.
"use strict";

const CALLBACKS = [
  "onConnectionBroken",
  "onConnectionEstablished",
  "onConnectionLost",
  "onDeepHeartbeatFailure",
  "onDeliveredReceipt",
  "onEnded",
  "onMessage",
  "onReadReceipt",
  "onTyping",
];

const seen = [];
let session;
let server;

async function enter({ endpoint, region, type, chat }) {
  server = endpoint;
  connect.ChatSession.setGlobalConfig({
    endpoint,
    region,
    features: { messageReceipts: { throttleTime: 100 } },
  });
  const asks = type === "AGENT" ? { getConnectionToken: () => Promise.reject() } : {};
  session = connect.ChatSession.create({ type, chatDetails: { ...chat, ...asks }, disableCSM: true });
  for (const name of CALLBACKS) {
    session[name]((event) => seen.push({ name, data: event?.data ?? null, taken: false }));
  }
  await session.connect();
}

// Returns the first record of a callback with these members that has not been returned before.
function take(name, members) {
  const wanted = Object.entries(members);
  const found = seen.find(
    (each) =>
      !each.taken && each.name === name && wanted.every(([key, value]) => each.data?.[key] === value),
  );
  if (found) found.taken = true;
  return found;
}

async function attempt(method, argument) {
  try {
    const answer = await session[method](argument ?? undefined);
    return { value: answer instanceof Blob ? await described(answer) : (answer?.data ?? null) };
  } catch (error) {
    if (typeof error === "string") return { error };
    const { type, statusCode, message } = error;
    return { error: { type, statusCode, message, name: error.name } };
  }
}

const attach = () =>
  attempt("sendAttachment", { attachment: document.querySelector("input").files[0] });

async function late(call, body) {
  const answer = await fetch(`${server}/participant/${call}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-amz-bearer": session.controller.connectionHelper.getConnectionToken(),
    },
    body: JSON.stringify(body),
  });
  return [answer.status, answer.headers.get("x-amzn-errortype")];
}

async function described(blob) {
  const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
  return { type: blob.type, size: blob.size, sha256: hex.join("") };
}

// The whole flow with the AWS SDK for JavaScript v3 and fetch; prints what it saw as JSON.
import { randomBytes } from "node:crypto";

import { ConnectClient, StartChatContactCommand, StopContactCommand } from "@aws-sdk/client-connect";
import {
  CompleteAttachmentUploadCommand,
  ConnectParticipantClient,
  CreateParticipantConnectionCommand,
  DisconnectParticipantCommand,
  GetAttachmentCommand,
  StartAttachmentUploadCommand,
} from "@aws-sdk/client-connectparticipant";

const connect = new ConnectClient({});
const participant = new ConnectParticipantClient({});

const chat = await connect.send(
  new StartChatContactCommand({
    InstanceId: "instance",
    ContactFlowId: "flow",
    ParticipantDetails: { DisplayName: "Customer" },
  }),
);
const connection = await participant.send(
  new CreateParticipantConnectionCommand({
    Type: ["WEBSOCKET", "CONNECTION_CREDENTIALS"],
    ParticipantToken: chat.ParticipantToken,
  }),
);
const ConnectionToken = connection.ConnectionCredentials.ConnectionToken;

const signature = "89504e470d0a1a0a0000000d494844520000000100000001080200000000000000";
const content = Buffer.concat([Buffer.from(signature, "hex"), randomBytes(300_001 - 33)]);
const announced = {
  ContentType: "image/png",
  AttachmentSizeInBytes: content.length,
  AttachmentName: "Bildschirm\u202ffoto.png",
  ConnectionToken,
};
const start = (more) =>
  participant.send(new StartAttachmentUploadCommand({ ...announced, ...more }));
const complete = (id, ClientToken) =>
  participant.send(
    new CompleteAttachmentUploadCommand({ AttachmentIds: [id], ClientToken, ConnectionToken }),
  );
const errorOf = async (work) => {
  try {
    await work();
  } catch (error) {
    return [error.name, error.$metadata.httpStatusCode, typeof error.$metadata.requestId];
  }
  return "none";
};

const started = await start({ ClientToken: "start" });
const again = await start({ ClientToken: "start" });
const early = await errorOf(() => complete(started.AttachmentId, "once"));
const { Url, HeadersToInclude } = started.UploadMetadata;
const put = await fetch(Url, { method: "PUT", headers: HeadersToInclude, body: content });
const completed = await complete(started.AttachmentId, "once");
const offered = await participant.send(
  new GetAttachmentCommand({ AttachmentId: started.AttachmentId, ConnectionToken }),
);
const got = await fetch(offered.Url);
const same = content.equals(Buffer.from(await got.arrayBuffer()));

const errors = {
  early,
  type: await errorOf(() => start({ AttachmentName: "run.exe" })),
  other: await errorOf(() => start({ ClientToken: "start", AttachmentName: "other.png" })),
  token: await errorOf(() => start({ ConnectionToken: "nonsense" })),
  conflict: await errorOf(() => complete(started.AttachmentId, "twice")),
};
for (let number = 1; number < 35; number += 1) await start({});
errors.quota = await errorOf(() => start({}));
await participant.send(new DisconnectParticipantCommand({ ConnectionToken }));
errors.ended = await errorOf(() => start({}));
errors.stopped = await errorOf(() =>
  connect.send(new StopContactCommand({ InstanceId: "instance", ContactId: chat.ContactId })),
);

console.log(
  JSON.stringify({
    same,
    repeated: again.AttachmentId === started.AttachmentId,
    statuses: [put.status, completed.$metadata.httpStatusCode, got.status],
    size: offered.AttachmentSizeInBytes,
    socket: connection.Websocket.Url.split("?")[0],
    errors,
  }),
);

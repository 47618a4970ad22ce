// A whole chat with the AWS SDK for JavaScript v3; prints what it saw as JSON.
import {
  ConnectClient,
  CreateParticipantCommand,
  StartChatContactCommand,
} from "@aws-sdk/client-connect";
import {
  CancelParticipantAuthenticationCommand,
  ConnectParticipantClient,
  CreateParticipantConnectionCommand,
  DescribeViewCommand,
  DisconnectParticipantCommand,
  GetAuthenticationUrlCommand,
  GetTranscriptCommand,
  ResourceNotFoundException,
  SendEventCommand,
  SendMessageCommand,
} from "@aws-sdk/client-connectparticipant";

const EVENT = "application/vnd.amazonaws.connect.event.";
const SESSION_ID = "00000000-0000-4000-8000-000000000000";

const connect = new ConnectClient({});
const participant = new ConnectParticipantClient({});

const connected = async (ParticipantToken) => {
  const answer = await participant.send(
    new CreateParticipantConnectionCommand({
      Type: ["WEBSOCKET", "CONNECTION_CREDENTIALS"],
      ConnectParticipant: true,
      ParticipantToken,
    }),
  );
  return answer.ConnectionCredentials.ConnectionToken;
};
const chat = await connect.send(
  new StartChatContactCommand({
    InstanceId: "instance",
    ContactFlowId: "flow",
    ParticipantDetails: { DisplayName: "Customer" },
  }),
);
const join = async (ParticipantRole) => {
  const created = await connect.send(
    new CreateParticipantCommand({
      InstanceId: "instance",
      ContactId: chat.ContactId,
      ParticipantDetails: { ParticipantRole, DisplayName: ParticipantRole },
    }),
  );
  return connected(created.ParticipantCredentials.ParticipantToken);
};
const customer = await connected(chat.ParticipantToken);
const agent = await join("AGENT");

const say = async (ConnectionToken, Content) => {
  const command = new SendMessageCommand({ ConnectionToken, Content, ContentType: "text/plain" });
  return (await participant.send(command)).Id;
};
const tell = (ConnectionToken, event, messageId) =>
  participant.send(
    new SendEventCommand({
      ConnectionToken,
      ContentType: EVENT + event,
      Content: messageId && JSON.stringify({ messageId }),
    }),
  );
const read = (more) =>
  participant.send(
    new GetTranscriptCommand({ ConnectionToken: agent, SortOrder: "ASCENDING", ...more }),
  );
const errorOf = async (work) => {
  try {
    await work();
  } catch (error) {
    return [error.name, error.$metadata.httpStatusCode];
  }
  return "none";
};

const said = [];
for (const text of ["one", "zwei 😴", "three"]) said.push(await say(customer, text));
await tell(agent, "typing");
await tell(agent, "message.delivered", said[0]);
await tell(agent, "message.read", said[0]);
const whole = await read({ MaxResults: 100 });
const pages = [];
for (let token, left = 50; left > 0; left -= 1) {
  const page = await read({ MaxResults: 2, NextToken: token });
  pages.unshift(...page.Transcript);
  token = page.NextToken;
  if (!token) break;
}
const fromSecond = await read({ ScanDirection: "FORWARD", StartPosition: { Id: said[1] } });
const { View } = await participant.send(
  new DescribeViewCommand({ ConnectionToken: customer, ViewToken: "welcome" }),
);
let missing;
try {
  await participant.send(
    new DescribeViewCommand({ ConnectionToken: customer, ViewToken: "a/b token+==" }),
  );
} catch (error) {
  missing = error instanceof ResourceNotFoundException && [error.ResourceId, error.ResourceType];
}
const errors = {
  long: await errorOf(() => say(customer, "x".repeat(1025))),
  url: await errorOf(() =>
    participant.send(
      new GetAuthenticationUrlCommand({
        ConnectionToken: customer,
        SessionId: SESSION_ID,
        RedirectUri: "https://shop.example/",
      }),
    ),
  ),
  cancel: await errorOf(() =>
    participant.send(
      new CancelParticipantAuthenticationCommand({
        ConnectionToken: customer,
        SessionId: SESSION_ID,
      }),
    ),
  ),
};
await join("SUPERVISOR");
errors.crowd = await errorOf(() => tell(agent, "message.read", said[1]));
await participant.send(new DisconnectParticipantCommand({ ConnectionToken: customer }));
errors.late = await errorOf(() => say(agent, "too late"));
errors.closed = await errorOf(() => read({}));

const shown = (items) => items.map((item) => item.Content ?? item.ContentType.replace(EVENT, ""));
console.log(
  JSON.stringify({
    whole: shown(whole.Transcript),
    pages: shown(pages),
    fromSecond: shown(fromSecond.Transcript),
    receipts: Object.keys(
      whole.Transcript.find((item) => item.Id === said[0]).MessageMetadata.Receipts[0],
    ).sort(),
    view: [View.Id, View.Name, JSON.parse(View.Content.Template)],
    missing,
    errors,
  }),
);

"""What pages of help tell of the participant service, in our own words.

Examples take connection and participant token from the environment.
"""

from __future__ import annotations

ABOUT = (
    "What a participant of a chat can do: connect, read and say something, send and fetch files. "
    "create-participant-connection returns the connection token that all others need; none needs "
    "AWS keys."
)

OPERATIONS = {
    "cancel-participant-authentication": (
        "Stops a sign-in that was asked for in the chat, before it is finished."
    ),
    "complete-attachment-upload": (
        "Says that the bytes of an attachment are uploaded, so that it is checked and shown to "
        "everyone in the chat. Prints nothing."
    ),
    "create-participant-connection": (
        "Turns a participant token into a connection: a connection token for all other "
        "operations, and the address of the live socket."
    ),
    "describe-view": "Fetches a view, the description of a page shown to an agent.",
    "disconnect-participant": "Ends the participant's connection. Prints nothing.",
    "get-attachment": "Returns a pre-signed URL from which an attachment can be downloaded.",
    "get-authentication-url": "Returns the address at which the participant can sign in.",
    "get-transcript": "Returns what was said and attached in the chat, page by page.",
    "send-event": "Tells the others about an event, such as typing or having read a message.",
    "send-message": "Says something in the chat.",
    "start-attachment-upload": (
        "Announces a file and returns a pre-signed URL to which its bytes can be uploaded with "
        "PUT and the headers given. `attach` does all three steps in one."
    ),
}

MEMBERS = {
    "AttachmentId": "The attachment, as named by start-attachment-upload.",
    "AttachmentIds": "The attachment that is uploaded; exactly one.",
    "AttachmentName": "The file's name, with its extension.",
    "AttachmentSizeInBytes": "How many bytes will be uploaded.",
    "ClientToken": (
        "A word of your choice that makes a repeated call return the first one's result. "
        "Made up when absent."
    ),
    "ConnectParticipant": "Counts the participant as connected without a socket.",
    "ConnectionToken": "The token that create-participant-connection returned.",
    "ContactId": "The chat whose transcript is wanted, where it has several parts.",
    "Content": "What is said, or the event's details as JSON.",
    "ContentType": "The media type of the content, such as text/plain.",
    "MaxResults": "How many items a page has at most.",
    "NextToken": "The NextToken of the page before.",
    "ParticipantToken": "The token that the start of the chat returned.",
    "RedirectUri": "Where the browser goes after the sign-in.",
    "ScanDirection": "Which way to go from the start position.",
    "SessionId": "The session named in the request to sign in.",
    "SortOrder": "How the items of a page are ordered.",
    "StartPosition": (
        "Where to begin: Id=..., AbsoluteTime=... or MostRecent=..., or the same as JSON."
    ),
    "Type": "What is wanted of the connection.",
    "UrlExpiryInSeconds": "How long the URL is good for.",
    "ViewToken": "The token of the view.",
}

RESULTS = {
    "AbsoluteTime": "When it happened, in UTC, as 2030-01-31T23:59:59.999Z.",
    "Actions": "What can be done in the view.",
    "Arn": "The view's Amazon resource name.",
    "AttachmentId": "The attachment, for the operations that follow.",
    "AttachmentName": "The file's name.",
    "AttachmentSizeInBytes": "How many bytes the attachment has.",
    "Attachments": "The files that the item brings.",
    "Attendee": "Who takes part in the call.",
    "AttendeeId": "The participant's number in the call.",
    "Audio": "What the call does to sound.",
    "AudioFallbackUrl": "Where sound goes when the host cannot be reached.",
    "AudioHostUrl": "Where sound goes.",
    "AuthenticationUrl": "The address at which the participant signs in.",
    "ConnectionCredentials": "The token for all other operations.",
    "ConnectionExpiry": "Until when the address can be opened.",
    "ConnectionToken": "The connection token.",
    "ContactId": "The contact to which the item belongs.",
    "Content": "What was said, the details of an event as JSON, or the parts of a view.",
    "ContentType": "The media type.",
    "DeliveredTimestamp": "When the message reached the recipient.",
    "DisplayName": "The name under which the sender shows.",
    "EchoReduction": "Whether echoes are reduced.",
    "EventIngestionUrl": "Where the call's events go.",
    "Expiry": "Until when the token works.",
    "HeadersToInclude": "Headers to send with the bytes, exactly as they stand here.",
    "Id": "What it is known by.",
    "InitialContactId": "The first contact of the chat.",
    "InputSchema": "What the view takes, as a JSON schema.",
    "JoinToken": "The token with which to join the call.",
    "MediaPlacement": "The addresses of the call.",
    "Meeting": "The call.",
    "MeetingFeatures": "What the call can do.",
    "MeetingId": "The call's number.",
    "MessageId": "The message.",
    "MessageMetadata": "What became of the message.",
    "MessageProcessingStatus": "How far the check of the message is.",
    "Name": "The view's name.",
    "NextToken": "What to ask for the next page with; absent on the last one.",
    "ParticipantId": "Who sent it.",
    "ParticipantRole": "What the sender is in the chat.",
    "ReadTimestamp": "When the recipient read the message.",
    "Receipts": "Whom the message reached, and who read it.",
    "RecipientParticipantId": "The recipient.",
    "RelatedContactId": "The earlier contact from which the item was taken over.",
    "SignalingUrl": "Where the call is negotiated.",
    "Status": "Whether the file may be fetched.",
    "Template": "How the view looks.",
    "Transcript": "The items, in the order that was asked for.",
    "Type": "What kind of item it is.",
    "UploadMetadata": "How the file's bytes are to be uploaded.",
    "Url": "The address; whoever knows it needs no other token, so keep it secret.",
    "UrlExpiry": "Until when the address works, in UTC, as 2030-01-31T23:59:59.999Z.",
    "Version": "The view's version.",
    "View": "The view.",
    "WebRTCConnection": "How to join a call.",
    "Websocket": "The address of the live socket.",
}

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "cancel-participant-authentication": (
        (
            "Stop a sign-in:",
            "{} --session-id 5f9c1f4e-0000-4000-8000-000000000000",
        ),
    ),
    "complete-attachment-upload": (
        ("Say that the bytes are there:", '{} --attachment-ids "$ATTACHMENT_ID"'),
    ),
    "create-participant-connection": (
        (
            "Connect, and keep only the connection token:",
            (
                "{} --type CONNECTION_CREDENTIALS --connect-participant "
                "--query ConnectionCredentials.ConnectionToken --output text"
            ),
        ),
    ),
    "describe-view": (("Fetch a view:", '{} --view-token "$VIEW_TOKEN"'),),
    "disconnect-participant": (("Leave the chat:", "{}"),),
    "get-attachment": (
        (
            "Print the address of a file, good for ten minutes:",
            (
                '{} --attachment-id "$ATTACHMENT_ID" --url-expiry-in-seconds 600 '
                "--query Url --output text"
            ),
        ),
    ),
    "get-authentication-url": (
        (
            "Ask where to sign in:",
            (
                "{} --session-id 5f9c1f4e-0000-4000-8000-000000000000 "
                "--redirect-uri https://example.com/done"
            ),
        ),
    ),
    "get-transcript": (
        (
            "The last three items, as a table:",
            "{} --start-position MostRecent=3 --sort-order ASCENDING --output table",
        ),
        ("The whole chat into a file:", "{} --all --sort-order ASCENDING > chat.json"),
    ),
    "send-event": (
        (
            "Show that somebody types:",
            "{} --content-type application/vnd.amazonaws.connect.event.typing",
        ),
    ),
    "send-message": (
        ("Say hello:", "{} --content-type text/plain --content hello"),
        (
            "Say what stands in a file:",
            "{} --content-type text/plain --content file://message.txt",
        ),
    ),
    "start-attachment-upload": (
        (
            "Announce a file of five bytes:",
            "{} --content-type text/plain --attachment-size-in-bytes 5 --attachment-name a.txt",
        ),
        ("Write down a request to fill in:", "{} --generate-cli-skeleton > request.json"),
        ("Send a request that is written down:", "{} --cli-input-json file://filled-in.json"),
    ),
}

"""What commands, members and options are for, in our own words."""

from __future__ import annotations

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

COMMANDS = {
    "attach": "Uploads files to the chat, from announcing them to completing them.",
    "download": "Saves an attachment as a file.",
    "start-chat": "Starts a chat or joins one, and prints the tokens.",
    "serve": "Runs the server.",
    "demo": "Runs the server and shows a file going up and coming back.",
    "env": "Prints the variables that point AWS's tools at the server.",
    "config": "Checks or shows the server's settings.",
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

GLOBAL_OPTIONS = {
    "--endpoint-url URL": "Where the service is. Without it, Amazon Connect in the region.",
    "--region REGION": "The AWS region; needed only to find Amazon Connect.",
    "--profile NAME": "The profile of AWS's configuration file to use.",
    "--output json|text|table|yaml": (
        "How the answer is printed; json unless AWS_DEFAULT_OUTPUT or the profile says otherwise."
    ),
    "--query EXPRESSION": "Prints only what this JMESPath expression finds in the answer.",
    "--color on|off|auto": "Colours for tables; auto, the default, is on for a terminal.",
    "--error-format json": "Errors as one line of JSON on standard error.",
    "--ca-bundle FILE": "The certificates to trust instead of the system's.",
    "--no-verify-ssl": "Believes any server. Only for tests.",
    "--cli-connect-timeout SECONDS": "How long to wait for a connection; 60, and 0 is for ever.",
    "--cli-read-timeout SECONDS": "How long to wait for an answer; 60, and 0 is for ever.",
    "--debug": "Shows requests and answers on standard error, without their secrets.",
    "--no-paginate, --no-sign-request": "Accepted; they change nothing here.",
    "--no-cli-pager, --no-cli-auto-prompt, --cli-binary-format FORMAT": "Likewise.",
    "--version": "Prints the version.",
}

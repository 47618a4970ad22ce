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
    "download": "Saves attachments as files.",
    "start-chat": "Starts a chat or joins one, and prints the tokens.",
    "serve": "Runs the server.",
    "demo": "Runs the server and shows a file going up and coming back.",
    "env": "Prints the variables that point AWS's tools at the server.",
    "completion": "Prints what makes bash, zsh or fish complete commands and options.",
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

# Of every operation: type and sentence, in the order of AWS's pages.
GLOBAL_OPTIONS = {
    "--debug": (
        "boolean",
        "Shows requests and answers on standard error, without their secrets.",
    ),
    "--endpoint-url": (
        "string",
        (
            "Where the service is. Without it, what AWS_ENDPOINT_URL or the profile says, else Amazon "
            "Connect in the region."
        ),
    ),
    "--no-verify-ssl": ("boolean", "Believes any server. Only for tests."),
    "--no-paginate": ("boolean", "Accepted; it changes nothing here."),
    "--output": (
        "string",
        (
            "How the answer is printed; json unless AWS_DEFAULT_OUTPUT or the profile says otherwise. "
            "One of: json, text, table; also yaml."
        ),
    ),
    "--query": ("string", "Prints only what this JMESPath expression finds in the answer."),
    "--profile": ("string", "The profile of AWS's configuration file to use."),
    "--region": ("string", "The AWS region; needed only to find Amazon Connect."),
    "--version": ("string", "Prints the version; takes no value."),
    "--color": (
        "string",
        "Colours for tables; auto, the default, is on for a terminal. One of: on, off, auto.",
    ),
    "--no-sign-request": (
        "boolean",
        "Accepted; it changes nothing here, for no request of this service needs a signature.",
    ),
    "--ca-bundle": ("string", "A file with the certificates to trust instead of the system's."),
    "--cli-read-timeout": (
        "int",
        "For how many seconds to wait for an answer; 60 by default, and 0 is for ever.",
    ),
    "--cli-connect-timeout": (
        "int",
        "For how many seconds to wait for a connection; 60 by default, and 0 is for ever.",
    ),
}

# Those that version 1 of AWS's command line lacks, or does not tell of.
MORE_OPTIONS = {
    "--error-format": ("string", "Errors as sentences or as one line of JSON. One of: json, text."),
    "--v2-debug": ("boolean", "Accepted; it changes nothing here."),
    "--no-cli-pager": ("boolean", "Likewise."),
    "--no-cli-auto-prompt": ("boolean", "Likewise."),
    "--cli-binary-format": ("string", "Likewise."),
    "--help, -h": ("boolean", "Prints this page; so does the word help."),
}

# Of the operation that answers page by page.
PAGE_OPTIONS = {
    "--all": ("boolean", "Fetches all pages and prints them as one answer."),
    "--follow": (
        "boolean",
        (
            "Prints the items of the newest page one by one, the oldest first, or all of them with "
            "--all, then each new one as it comes, until the chat ends."
        ),
    ),
}

# Of every operation, behind its own options.
INPUT_OPTIONS = {
    "--cli-input-json": (
        "string",
        (
            "The whole request as a JSON object, in the form that --generate-cli-skeleton prints; - "
            "reads it from standard input, file://PATH from a file. Options win over it."
        ),
    ),
    "--generate-cli-skeleton": (
        "string",
        (
            "Sends nothing. Prints the JSON of a request to fill in, or with the value output, once "
            "the request is checked, a sample of an answer."
        ),
    ),
}

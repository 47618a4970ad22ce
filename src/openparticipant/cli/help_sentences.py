"""What commands and options are for, in our own words."""

from __future__ import annotations

SERVICES = {
    "connect": "The control plane, which starts, fills and ends chats; it needs AWS keys.",
    "connectparticipant": "The operations above.",
}

COMMANDS = {
    "attach": "Uploads files to the chat, from announcing them to completing them.",
    "download": "Saves attachments as files.",
    "start-chat": "Starts a chat or joins one, and prints the tokens.",
    "serve": "Runs the server.",
    "demo": "Runs the server and shows a file going up and coming back.",
    "doctor": "Tells what a web page would meet at a server, and how to mend what is wrong.",
    "contacts": "Lists the chats of the server, also those that have ended.",
    "transcript": "Prints what was said in a chat, also after its end.",
    "keys": "Lists, makes and retires the key pairs of the server, while it runs.",
    "why": "Tells why the server refused a request, or what is wrong with a pre-signed URL.",
    "audit": "Lists who did what: uploads, verdicts, download URLs, keys.",
    "abandoned": "Lists the uploads that vanish unless somebody completes them.",
    "purge": "Removes chats with all their files, for good.",
    "env": "Prints the variables that point AWS's tools at the server.",
    "completion": "Prints what makes bash, zsh or fish complete commands and options.",
    "config": "Checks or shows the server's settings.",
    "migrate": "Brings the database's schema to this release, or says what is missing.",
    "verify": "Compares rows, objects and hashes, while the server runs or not.",
    "backup": "Backs the server up, while it runs or not.",
    "restore": "Makes a back-up a data directory again.",
    "bucket": "Makes a bucket of S3 fit to hold attachments.",
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
    "--region": ("string", "The AWS region; needed to find Amazon Connect and to sign."),
    "--version": ("string", "Prints the version; takes no value."),
    "--color": (
        "string",
        "Colours for tables; auto, the default, is on for a terminal. One of: on, off, auto.",
    ),
    "--no-sign-request": (
        "boolean",
        "Sends requests of connect unsigned; those of participants never carry a signature.",
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

"""The pages of the commands that AWS's command line does not have."""

from __future__ import annotations

_TOKEN = {
    "--connection-token TOKEN": "The connection token; - reads it from standard input.",
    "--connection-token-file FILE": "A file with the connection token.",
}

_RECORDS = {
    "--data-dir DIR": (
        "The directory of the server, as given to serve; ./openparticipant-data when absent."
    ),
    "--config FILE": "The file of settings that the server was started with.",
    "--json": "Prints JSON, one object a line.",
}
_SIDE_BY_SIDE = "How many files go at the same time, from 1 to 16; 4 when absent."

USAGE = {
    "abandoned": "",
    "attach": "PATH ...",
    "audit": "",
    "completion": "bash|zsh|fish",
    "contacts": "",
    "doctor": "--origin ORIGIN",
    "download": "ATTACHMENT_ID ...",
    "keys": "list | add control|objects | retire ID",
    "purge": "CONTACT ...",
    "restore": "SOURCE",
    "start-chat": "",
    "transcript": "CONTACT",
    "why": "REQUEST_ID | --url URL",
}

SENTENCES = {
    "abandoned": (
        "Lists uploads that were started and not completed, with the moment at which each vanishes "
        "with its bytes, as --abandoned-after has it, and the bytes that were announced. It changes "
        "nothing. Like contacts, it asks the running server or reads the database of a stopped one."
    ),
    "attach": (
        "Announces each file, uploads its bytes and completes it. A folder stands for the files "
        "below it, sorted, without hidden ones; a pattern that the shell left alone for what it "
        "matches; - for standard input. Prints a line for each as it is done: the attachment's id "
        "and name. What fails is named on standard error, the others go on, and the exit status "
        "is 1. An interrupt ends in order: what is about to be completed is waited for, and the "
        "last line tells how many files are attached. A second one ends at once."
    ),
    "audit": (
        "Lists what was done, the oldest first: each upload that was started and completed, each "
        "verdict, each URL of a download that was handed out, each key pair that was made or "
        "retired, with who did it and by which request. Nothing is ever taken from it; it names ids, "
        "and nobody's content. Like contacts, it asks the running server or reads the database of a "
        "stopped one."
    ),
    "completion": (
        "Prints what makes a shell complete commands, options and values. For bash: "
        "source <(openparticipant completion bash), or write it to "
        "~/.local/share/bash-completion/completions/openparticipant. For zsh: write it to a file "
        "_openparticipant in a folder of $fpath. For fish: write it to "
        "~/.config/fish/completions/openparticipant.fish."
    ),
    "contacts": (
        "Lists chats, the newest first. It asks the running server, which it finds by its data "
        "directory; where none runs, it reads the database there. Only the user of the server can."
    ),
    "doctor": (
        "Makes the requests that a page of the origin would make, at any server or at Amazon "
        "Connect: name, port, certificate, clock, preflights, the chat's socket, a small file up "
        "and down. Each check is a line: ok, wrong with how to mend it, or skipped. For the chat it "
        "needs a participant's token, or keys to start one with, which it then ends. The exit "
        "status is 1 when anything is wrong."
    ),
    "download": (
        "Saves attachments under their own names, whole or not at all, and prints the names as "
        "they are done. Where two have the same name, the later one of the command line gets (2) "
        "behind it. An existing file is not touched. Size and, where it is told, SHA-256 are "
        "compared. What fails is named on standard error, the others go on, and the exit status "
        "is 1."
    ),
    "keys": (
        "Exchanges key pairs without a failed request. Those for control sign what back ends call, "
        "those for objects the URLs of the built-in store. add makes a pair that is good at once, on "
        "every node within a second, and prints its variables for the shell of a back end, the only "
        "time that the secret is shown. retire ends a pair: nothing is signed with it any more, and "
        "URLs that it signed work until they expire. The last pair of its kind cannot be retired. "
        "Like contacts, it asks the running server or uses the database of a stopped one."
    ),
    "purge": (
        "Removes all that there is of a chat: messages, files, names, tokens. Nobody is shown "
        "anything of it from then on; what cannot be removed at once is removed by the server later, "
        "also over a crash, and said to be purging. Ids stay in the audit. Where no server runs, the "
        "next one that starts removes it. The exit status is 1 where there is no such chat, or it is "
        "open."
    ),
    "restore": (
        "Copies what backup has made to an empty directory, or to one that is not there yet. Every "
        "byte is compared with the manifest first: a back-up that was cut, changed or made by a "
        "newer release puts nothing there. A server that is started on the directory has the chats, "
        "files, tokens and keys of the moment of the back-up."
    ),
    "start-chat": (
        "Starts a chat as its customer and connects. Prints the ids and tokens as JSON. This "
        "speaks to the control plane, so it needs AWS keys; those of this project's server come "
        "from `env`."
    ),
    "transcript": (
        "Prints a chat, the oldest item first: messages, files, who came and left, and who has "
        "read what. It needs no token, so a chat that has ended can be read, too. Like contacts, "
        "it asks the running server or reads the database of a stopped one."
    ),
    "why": (
        "Clients are told Access denied, whatever the reason. Given the request id of an answer, "
        "this tells the reason, as the log has it; a server remembers its last 10,000 refusals. "
        "Given a pre-signed URL, it compares address, time, signature and headers with what was "
        "handed out, and says what became of the attachment. It asks the running server, which it "
        "finds by its data directory. The exit status is 1 when nothing is known, or when "
        "something is wrong with the URL."
    ),
}

OPTIONS = {
    "abandoned": _RECORDS,
    "attach": {
        **_TOKEN,
        "--content-type TYPE": "The media type of all files, instead of one by extension.",
        "--name NAME": "What the one file is called; needed for standard input.",
        "--parallel NUMBER": _SIDE_BY_SIDE,
        "--resume FILE": (
            "Writes down in FILE how far each file is. After any end, also of the machine, the "
            "same command goes on: what is attached stays, what was begun is not attached twice, "
            "and what has changed is attached anew."
        ),
        "--json": (
            "The same as --output json: a list of what is attached, in the order of the paths, "
            "instead of lines. The other forms of --output, and --query, work as well."
        ),
    },
    "audit": {
        "--contact-id ID": "Only what was done in a chat.",
        "--attachment-id ID": "Only what was done to an attachment.",
        "--since INSTANT": "Only what was done then or later.",
        "--until INSTANT": "Only what was done earlier.",
        **_RECORDS,
    },
    "completion": {},
    "contacts": {
        "--open | --ended": "Only those that go on, or that have ended.",
        "--instance-id ID": "Only those of an instance.",
        "--since INSTANT": "Only those that started then or later.",
        "--until INSTANT": "Only those that started earlier.",
        **_RECORDS,
    },
    "doctor": {
        "--origin ORIGIN": "The page's origin, as in https://chat.example.org.",
        "--participant-token TOKEN": (
            "Who to be, in a chat that goes on afterwards; - reads it from standard input."
        ),
        "--participant-token-file FILE": "A file with the participant's token.",
        "--instance-id ID": "The instance to start a chat in; default when absent.",
        "--contact-flow-id ID": "The flow it begins with; our server takes any.",
        "--json": "Prints one JSON object instead of lines.",
    },
    "download": {
        **_TOKEN,
        "-o, --out FILE": (
            "Where to save it: a file, a folder, or - for standard output; a folder for several."
        ),
        "--force": "Replaces existing files.",
        "--parallel NUMBER": _SIDE_BY_SIDE,
        "--json": (
            "The same as --output json: a list of what is saved, in the order of the ids, instead "
            "of lines. The other forms of --output, and --query, work as well."
        ),
    },
    "keys": {
        "--now": "With retire: also what the pair has signed is refused at once, as after a leak.",
        **_RECORDS,
    },
    "purge": {
        "--end": "Ends a chat first that is open.",
        **_RECORDS,
    },
    "restore": {
        "--data-dir DIR": "Where to: an empty directory, or one that is not there yet.",
    },
    "start-chat": {
        "--as customer|agent": (
            "Prints export lines for the shell instead of JSON. An agent joins the chat given "
            "by --contact-id, or a new one."
        ),
        "--contact-id ID": "The chat to join.",
        "--contact-flow-id ID": "The flow the chat begins with; our server takes any.",
        "--display-name NAME": "What the others see; Customer or Agent.",
        "--instance-id ID": "The instance; default when absent.",
    },
    "transcript": _RECORDS,
    "why": {
        "--url URL": "A URL that was handed out for an upload or a download; - for standard input.",
        "--header 'NAME: VALUE' ...": "The headers that are sent with it; without, what has to be.",
        "--method GET|HEAD|PUT": "The method of the request.",
        **_RECORDS,
    },
}

# Each is a sentence and a line for a shell, which runs as it stands: tokens and ids come from the
# environment there, and the server's directory is the usual one.
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "attach": (
        ("Two files and all below a folder:", "{} report.pdf photo.png pictures"),
        ("What another program writes:", "date | {} - --name today.txt"),
        (
            "Many files, so that the same line goes on after an interrupt:",
            "{} pictures --parallel 8 --resume .attached",
        ),
        ("Only the ids:", "{} report.pdf --query '[].AttachmentId' --output text"),
    ),
    "contacts": (
        (
            "What has ended of what started in January:",
            "{} --ended --since 2026-01-01 --until 2026-02-01",
        ),
        ("All of it, for a script:", "{} --json > contacts.jsonl"),
    ),
    "download": (
        ("Two attachments into a folder:", '{} "$FIRST_ID" "$SECOND_ID" --out pictures'),
        ("Hand one to another program:", '{} "$FIRST_ID" --out - | wc -c'),
    ),
    "keys": (
        ("Another pair for back ends, in the variables of this shell:", 'eval "$({} add control)"'),
        ("The end of the old one, once nobody signs with it:", '{} retire "$OLD_KEY"'),
    ),
    "transcript": (
        ("Read a chat:", '{} "$CONTACT_ID"'),
        ("Keep it, one item a line:", '{} "$CONTACT_ID" --json > chat.jsonl'),
    ),
}

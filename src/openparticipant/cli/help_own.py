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

USAGE = {
    "attach": "FILE ...",
    "completion": "bash|zsh|fish",
    "contacts": "",
    "download": "ATTACHMENT_ID",
    "start-chat": "",
    "transcript": "CONTACT",
}

SENTENCES = {
    "attach": (
        "Announces each file, uploads its bytes and completes it. Prints a line for each: the "
        "attachment's id and name. What fails is named on standard error, the others go on, and "
        "the exit status is 1."
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
    "download": (
        "Saves an attachment under its own name, whole or not at all, and prints that name. An "
        "existing file is not touched."
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
}

OPTIONS = {
    "attach": {
        **_TOKEN,
        "--content-type TYPE": "The media type of all files, instead of one by extension.",
        "--json": "Prints a JSON list instead of lines.",
    },
    "completion": {},
    "contacts": {
        "--open | --ended": "Only those that go on, or that have ended.",
        "--instance-id ID": "Only those of an instance.",
        "--since INSTANT": "Only those that started then or later.",
        "--until INSTANT": "Only those that started earlier.",
        **_RECORDS,
    },
    "download": {
        **_TOKEN,
        "-o, --out FILE": "Where to save it: a file, a folder, or - for standard output.",
        "--force": "Replaces an existing file.",
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
}

# Each a sentence and a line for a shell; they run where a server has its usual directory.
EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "contacts": (
        (
            "What has ended of what started in January:",
            "{} --ended --since 2026-01-01 --until 2026-02-01",
        ),
        ("All of it, for a script:", "{} --json > contacts.jsonl"),
    ),
    "transcript": (
        ("Read a chat:", '{} "$CONTACT_ID"'),
        ("Keep it, one item a line:", '{} "$CONTACT_ID" --json > chat.jsonl'),
    ),
}

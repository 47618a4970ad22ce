"""Examples, which run as they stand; each is a sentence and a line for a shell.

Tokens and ids come from the environment there, and the server's directory is the usual one.
"""

from __future__ import annotations

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

OWN_EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
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

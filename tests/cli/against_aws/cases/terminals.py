"""Terminals of all widths, and colours."""

from __future__ import annotations

from tests.cli.against_aws.case import Cases, calling, uploading
from tests.cli.against_aws.replies import CONNECTION, NOTHING, TRANSCRIPT, UPLOAD, VIEW, refusal
from tests.cli.worlds import TOKEN

TABLE = ("--output", "table")
READING = ("get-transcript", *TOKEN)
VIEWING = ("describe-view", "--view-token", "v", *TOKEN)
CONNECTING = ("create-participant-connection", "--participant-token", "T")
COMPLETING = ("complete-attachment-upload", "--attachment-ids", "a", *TOKEN)
ANSWERED = {
    "upload": (("start-attachment-upload", "--cli-input-json", ""), UPLOAD),
    "transcript": (READING, TRANSCRIPT),
    "view": (VIEWING, VIEW),
    "connection": (CONNECTING, CONNECTION),
}
WIDTHS = (0, 20, 80, 200)

CASES: Cases = {
    **{
        f"{name} on {columns} columns": (
            uploading(*TABLE, columns=columns)
            if reply is UPLOAD
            else calling(*words, *TABLE, answers=(reply,), columns=columns)
        )
        for name, (words, reply) in ANSWERED.items()
        for columns in WIDTHS
    },
    **{
        f"{name} in one colour on {columns} columns": calling(
            *words, *TABLE, "--color", "off", answers=(reply,), columns=columns
        )
        for name, (words, reply) in ANSWERED.items()
        if reply in (TRANSCRIPT, VIEW)
        for columns in (20, 200)
    },
    "colours on no terminal": calling(*READING, *TABLE, "--color", "on", answers=(TRANSCRIPT,)),
    "colours in text": calling(
        *READING, "--output", "text", "--color", "on", answers=(TRANSCRIPT,), columns=80
    ),
    "colours in json": uploading("--color", "on", columns=80),
    "colours of a view": calling(*VIEWING, *TABLE, "--color", "on", answers=(VIEW,), columns=80),
    "no colours by NO_COLOR": calling(
        *VIEWING, *TABLE, answers=(VIEW,), columns=80, environ={"NO_COLOR": "1"}
    ),
    "a poor terminal": calling(
        *VIEWING, *TABLE, answers=(VIEW,), columns=80, environ={"TERM": "dumb"}
    ),
    "columns of the environment": calling(
        *VIEWING, *TABLE, answers=(VIEW,), columns=80, environ={"COLUMNS": "30"}
    ),
    "columns of the environment, no terminal": calling(
        *READING, *TABLE, answers=(TRANSCRIPT,), environ={"COLUMNS": "300"}
    ),
    "an empty table": calling(*COMPLETING, *TABLE, answers=(NOTHING,), columns=80),
    "an empty table without colours": calling(
        *COMPLETING, *TABLE, "--color", "off", answers=(NOTHING,), columns=80
    ),
    "a query": calling(
        *READING, *TABLE, "--query", "Transcript[].[Id,Type]", answers=(TRANSCRIPT,), columns=80
    ),
    "json on a terminal": uploading(columns=80),
    "text on a terminal": uploading("--output", "text", columns=20),
    "a refusal on a terminal": uploading(
        *TABLE, answers=(refusal("ValidationException", "bad"),), columns=80
    ),
    "no such colour": uploading("--color", "red"),
    "an empty colour": uploading("--color="),
}

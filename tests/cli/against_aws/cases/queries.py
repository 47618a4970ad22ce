"""`--query`, in each form; what is wrong with it is told before anything is sent."""

from __future__ import annotations

from tests.cli.against_aws.case import Case, Cases, Differs, calling, uploading
from tests.cli.against_aws.replies import NOTHING, TRANSCRIPT, refusal
from tests.cli.worlds import TOKEN

READING = ("get-transcript", *TOKEN)
FORMS = ("json", "text", "table")
ITEMS = "Transcript[].{Id:Id,Said:Content,By:DisplayName,Files:Attachments[].AttachmentName}"
OF_UPLOADS = {
    "AttachmentId": FORMS,
    "UploadMetadata.HeadersToInclude": FORMS,
    'UploadMetadata.HeadersToInclude."Content-Type"': ("json", "text"),
    "UploadMetadata.HeadersToInclude.*": FORMS,
    "keys(@)": FORMS,
    "values(UploadMetadata)": ("json",),
    "[AttachmentId,UploadMetadata.UrlExpiry]": FORMS,
    "{a:AttachmentId,b:UploadMetadata.HeadersToInclude}": FORMS,
    "Nope": FORMS,
    "ResponseMetadata": ("json",),
    "`null`": ("text",),
    "`true`": ("json", "text", "table"),
    "`1.5`": ("json", "text"),
    "`0`": ("json", "text", "table"),
    "`[]`": FORMS,
    "`{}`": FORMS,
    '`""`': FORMS,
    "`[[1,2],[3]]`": FORMS,
    "`[[1,2],[3,4]]`": ("table",),
    "`[[[1]],2]`": ("text",),
    "[`null`,`true`,`1.50`,`1e30`,`-0`]": FORMS,
    "'raw'": ("json",),
    "@": ("text",),
    "length(@)": ("json",),
    "join(', ', keys(@))": ("text",),
    "AttachmentId | [0]": ("json",),
    "starts_with(AttachmentId, 'a1') && `1` || `2`": ("json",),
    "to_string(UploadMetadata.HeadersToInclude)": ("json",),
    "sort(keys(UploadMetadata))[-1]": ("json",),
    "!AttachmentId": ("json", "text"),
    "[AttachmentId,UploadMetadata]": ("json",),
    "[&a]": ("json",),
}
OF_TRANSCRIPTS = {
    ITEMS: FORMS,
    "Transcript[].[Attachments]": ("text",),
    "Transcript[].[Id,Type]": FORMS,
    "Transcript[*].Id": FORMS,
    "Transcript[?Type=='MESSAGE'].Content": FORMS,
    "Transcript[::-1].Id": ("json",),
    "Transcript[].Attachments[][].AttachmentName": ("text",),
    "Transcript[0].MessageMetadata": FORMS,
    "max_by(Transcript, &Id).Id": ("json",),
    "Transcript[?contains(Id, '2')] | [0].Id": ("text",),
    "Transcript[].MessageMetadata.Receipts[]": FORMS,
}
WRONG = [
    "",
    " ",
    "[",
    "foo(",
    "a..b",
    "`bad",
    "'bad",
    '"bad',
    "a b",
    "a[",
    "{a}",
    "[?a",
    "é",
    "#",
    "file://f/plain",
    "nosuch(@)",
    "length(@, @)",
    "length()",
    "not_null()",
    "abs(AttachmentId)",
    "length(`5`)",
    "AttachmentId[::0]",
]
# Found by `aws` when the answer has come.
FUNCTIONS = {"nosuch(@)", "length(@, @)", "length()", "not_null()"}
NO_FUNCTION = "Nope[?nosuch(@)]"
FRAME = """-----------------------
|StartAttachmentUpload|
"""
SHOWN = {
    ("AttachmentId", "table"): Differs(
        "scalar-tables",
        out="""------------------------------------------
|          StartAttachmentUpload         |
+----------------------------------------+
|  a1b2c3d4-5678-90ab-cdef-EXAMPLE11111  |
+----------------------------------------+
""",
    ),
    ("`true`", "table"): Differs(
        "scalar-tables",
        out=f"""{FRAME}+---------------------+
|  True               |
+---------------------+
""",
    ),
    ("`0`", "table"): Differs(
        "scalar-tables",
        out=f"""{FRAME}+---------------------+
|  0                  |
+---------------------+
""",
    ),
    ("`[[1,2],[3]]`", "table"): Differs(
        "uneven-rows",
        status=0,
        out=f"""{FRAME}+---------+-----------+
|  1      |  2        |
|  3      |           |
+---------+-----------+
""",
        said="",
    ),
    ("[&a]", "json"): Differs("no-half-document", out=""),
}


def _early(expression: str) -> Differs | None:
    return Differs("functions-found-early", asked=()) if expression in FUNCTIONS else None


def _of_upload(expression: str, form: str) -> Case:
    words = ("--output", form, "--query", expression)
    return uploading(*words, differs=SHOWN.get((expression, form)))


def _of_transcript(expression: str, form: str) -> Case:
    return calling(*READING, "--output", form, "--query", expression, answers=(TRANSCRIPT,))


CASES: Cases = {
    **{
        f"{expression} as {form}": _of_upload(expression, form)
        for expression, forms in OF_UPLOADS.items()
        for form in forms
    },
    **{
        f"{expression} as {form}": _of_transcript(expression, form)
        for expression, forms in OF_TRANSCRIPTS.items()
        for form in forms
    },
    **{
        f"wrong: {expression!r}": uploading("--query", expression, differs=_early(expression))
        for expression in WRONG
    },
    "a function that is never reached": uploading(
        *("--query", NO_FUNCTION),
        differs=Differs(
            "functions-found-early",
            status=255,
            out="",
            said="\nUnknown function: nosuch()\n",
            asked=(),
        ),
    ),
    "of an empty answer": calling(
        *("complete-attachment-upload", "--attachment-ids", "a", *TOKEN, "--query", "missing"),
        answers=(NOTHING,),
    ),
    "of a refusal": uploading(
        "--query", "AttachmentId", answers=(refusal("ResourceNotFoundException", "no", 404),)
    ),
}

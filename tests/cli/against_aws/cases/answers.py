"""What is made of answers: members that are kept, odd ones, empty ones, in each form."""

from __future__ import annotations

import json

from tests.cli.against_aws.case import Case, Cases, Differs, calling, uploading
from tests.cli.against_aws.replies import NOTHING, ODD, raw
from tests.cli.recording import Reply, json_reply
from tests.cli.worlds import TOKEN

EARLY = Differs("form-found-early", asked=())
IDENTIFIED = b'{"AttachmentId": "i"}'
SHOWN = '{\n    "AttachmentId": "i"\n}\n'
PROFILE = {".aws/config": b"[profile tabular]\noutput = table\n[profile bad]\noutput = bad\n"}
FORMS = ("json", "text", "table")
READING = ("get-transcript", *TOKEN)
VIEWING = ("describe-view", "--view-token", "v", *TOKEN)
BODIES = {
    "nothing": raw(b""),
    "an empty object": raw(b"{}"),
    "no JSON": raw(b"<p>hello</p>"),
    "half of JSON": raw(b'{"AttachmentId": "i"'),
    "a list": raw(b"[]"),
    "a filled list": raw(b'[{"AttachmentId": "i"}]'),
    "a string": raw(b'"s"'),
    "a number": raw(b"5"),
    "null": raw(b"null"),
    "null members": raw(b'{"AttachmentId": null, "UploadMetadata": null}'),
    "unknown members": raw(b'{"attachmentId": "i", "New": 1}'),
    "a number for a text": raw(b'{"AttachmentId": 5}'),
    "a list for a text": raw(b'{"AttachmentId": ["a"]}'),
    "empty structures": raw(b'{"UploadMetadata": {"HeadersToInclude": {}}}'),
    "a key twice": raw(b'{"AttachmentId": "i", "AttachmentId": "j"}'),
    "blanks": raw(b' \n{"AttachmentId": "i"}\n '),
    "letters beyond ASCII": json_reply({"AttachmentId": "é日本☃😀\u2028\x7f"}),
    "control characters": json_reply({"AttachmentId": 'a\t"\\\n\x1b\x00'}),
    "another type": raw(b'{"AttachmentId": "i"}', 200, **{"Content-Type": "text/plain"}),
    "created": raw(b'{"AttachmentId": "i"}', 201),
    "no content": raw(b"", 204),
    "some other success": raw(b'{"AttachmentId": "i"}', 299),
}
NUMBERS = {
    "a float": b'{"View": {"Version": 1.0}}',
    "a fraction": b'{"View": {"Version": 1.5}}',
    "a text": b'{"View": {"Version": "7"}}',
    "true": b'{"View": {"Version": true}}',
    "great": b'{"View": {"Version": 99999999999999999999}}',
    "none": b'{"View": {"Version": "x"}}',
}


def _long_transcript() -> Reply:
    items = [{"Id": f"i{at}", "Content": "word " * at, "Type": "MESSAGE"} for at in range(12)]
    return json_reply({"Transcript": items, "InitialContactId": "c"})


def _large() -> Reply:
    return json_reply({"AttachmentId": "x" * 9_000})


def _of(reply: Reply, form: str, words: tuple[str, ...]) -> Case:
    return calling(*words, "--output", form, answers=(reply,))


CASES: Cases = {
    **{f"body: {name}": uploading(answers=(reply,)) for name, reply in BODIES.items()},
    **{
        f"number: {name}": calling(*VIEWING, answers=(raw(body),)) for name, body in NUMBERS.items()
    },
    **{f"odd as {form}": _of(ODD, form, READING) for form in FORMS},
    **{f"odd view as {form}": _of(ODD, form, VIEWING) for form in FORMS},
    **{
        f"a transcript of twelve as {form}": _of(_long_transcript(), form, READING)
        for form in FORMS
    },
    **{
        f"an empty transcript as {form}": _of(json_reply({"Transcript": []}), form, READING)
        for form in FORMS
    },
    **{
        f"a transcript of nothing as {form}": _of(
            json_reply({"Transcript": [{}, {}]}), form, READING
        )
        for form in FORMS
    },
    **{
        f"a null item as {form}": _of(json_reply({"Transcript": [None]}), form, READING)
        for form in ("json",)
    },
    "body: with a mark": uploading(
        answers=(raw(b"\xef\xbb\xbf" + IDENTIFIED),), differs=Differs("any-encoding", out=SHOWN)
    ),
    "body: wide letters": uploading(
        answers=(raw(IDENTIFIED.decode().encode("utf-16")),),
        differs=Differs("any-encoding", status=0, out=SHOWN, said=""),
        python="\n'utf-8' codec",
    ),
    "a large answer": uploading(answers=(_large(),)),
    "a text for a structure": uploading(
        answers=(json_reply({"UploadMetadata": "x"}),),
        differs=Differs("other-types", status=0, out='{\n    "UploadMetadata": "x"\n}\n', said=""),
    ),
    "a structure for a list": calling(
        *READING,
        answers=(json_reply({"Transcript": {"a": 1}}),),
        differs=Differs(
            "other-types",
            status=0,
            out='{\n    "Transcript": {\n        "a": 1\n    }\n}\n',
            said="",
        ),
    ),
    "nothing as a table": calling(*READING, "--output", "table", answers=(NOTHING,)),
    # The option beats the variable beats the profile.
    "form from the variable": uploading(environ={"AWS_DEFAULT_OUTPUT": "text"}),
    "form from the profile": uploading("--profile", "tabular", files=PROFILE),
    "variable and profile": uploading(
        "--profile", "tabular", environ={"AWS_DEFAULT_OUTPUT": "json"}, files=PROFILE
    ),
    "option and variable": uploading("--output=json", environ={"AWS_DEFAULT_OUTPUT": "bad"}),
    "a variable of another name": uploading(environ={"AWS_OUTPUT": "text"}),
    "form in capitals": uploading("--output", "TEXT"),
    "form that is empty": uploading("--output", ""),
    "no such form": uploading(environ={"AWS_DEFAULT_OUTPUT": "bad"}, differs=EARLY),
    "an empty form": uploading(environ={"AWS_DEFAULT_OUTPUT": ""}, differs=EARLY),
    "no such form in the profile": uploading("--profile", "bad", files=PROFILE, differs=EARLY),
    "no such form, and a refusal": uploading(
        environ={"AWS_DEFAULT_OUTPUT": "bad"},
        answers=(json_reply({"message": "no"}, 400),),
        differs=Differs("form-found-early", said="\nUnknown output type: bad\n", asked=()),
    ),
    "form of version 2": uploading("--output", "yaml-stream"),
    "nothing, no such form": calling(
        *("disconnect-participant", *TOKEN),
        environ={"AWS_DEFAULT_OUTPUT": "bad"},
        answers=(NOTHING,),
        differs=EARLY,
    ),
    "headers that are a text": uploading(
        answers=(raw(json.dumps({"UploadMetadata": {"HeadersToInclude": "x"}}).encode()),),
        differs=Differs(
            "other-types",
            status=0,
            out='{\n    "UploadMetadata": {\n        "HeadersToInclude": "x"\n    }\n}\n',
            said="",
        ),
    ),
}

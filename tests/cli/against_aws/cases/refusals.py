"""Errors of the service, of the network, and how often it is tried again."""

from __future__ import annotations

from tests.cli.against_aws.case import Case, Cases, Differs, calling, uploading
from tests.cli.against_aws.replies import NOTHING, UPLOAD, raw, refusal
from tests.cli.recording import DROP, Reply, json_reply
from tests.cli.worlds import TOKEN

TWICE = {"AWS_MAX_ATTEMPTS": "2"}
SLOW = refusal("ThrottlingException", "slow")
BAD = refusal("ValidationException", "bad input")
SENTENCE = "\nAn error occurred ({}) when calling the StartAttachmentUpload operation: {}\n"
NUMBERED = Differs("code-or-status", said=SENTENCE.format(403, "m"))
# Any passing error, tried once: the sentence counts no repeats.
ANSWERS = {
    "as the service spells it": refusal("ValidationException", "bad input"),
    "a namespace and a link": refusal("com.amazonaws.connect#ValidationException:http://x/", "bad"),
    "the header": raw(b'{"message": "bad"}', 400, **{"x-amzn-ErrorType": "ValidationException:"}),
    "header and body": json_reply(
        {"__type": "B", "message": "m"}, 400, **{"x-amzn-ErrorType": "A"}
    ),
    "code": json_reply({"code": "C", "message": "m"}, 400),
    "Code": json_reply({"Code": "C", "Message": "m"}, 400),
    "code and type": json_reply({"code": "C", "__type": "T", "message": "m"}, 400),
    "a capital message": json_reply({"__type": "T", "Message": "m"}, 400),
    "two messages": json_reply({"__type": "T", "Message": "M", "message": "m"}, 400),
    "an empty message": json_reply({"__type": "T", "message": ""}, 400),
    "a null message": json_reply({"__type": "T", "message": None}, 400),
    "no message": json_reply({"__type": "T"}, 400),
    "no code": json_reply({"message": "m"}, 403),
    "a number for a code": json_reply({"code": 5, "message": "m"}, 400),
    "a number for a message": json_reply({"__type": "T", "message": 5}, 400),
    "an object for a message": json_reply({"__type": "T", "message": {"a": 1}}, 400),
    "lines in a message": json_reply({"__type": "T", "message": "a\nb\té"}, 400),
    "nothing": raw(b"", 403),
    "an empty object": raw(b"{}", 404),
    "HTML": raw(b"<p>no</p>", 403, **{"Content-Type": "text/html"}),
    "a list": raw(b"[]", 400),
    "a string": raw(b'"s"', 400),
    "null": raw(b"null", 400),
    "an unknown code": refusal("TeapotException", "short and stout", 418),
    "the client gave up": refusal("X", "m", 499),
    "not there": refusal("ResourceNotFoundException", "no", 404),
    "conflict": refusal("ConflictException", "twice", 409),
    "too many": refusal("ServiceQuotaExceededException", "full", 402),
    "not implemented": refusal("NotImplemented", "later", 501),
    "moved": raw(b"", 301, Location="http://127.0.0.1:1/"),
    "not modified": raw(b"", 304),
    "throttled": SLOW,
    "throttled, 429": refusal("ThrottlingException", "slow", 429),
    "429 without a code": raw(b"{}", 429),
    "throttled, another spelling": refusal("Throttling", "slow"),
    "throttled, not for this mode": refusal("SlowDown", "slow"),
    "slow down, 503": refusal("SlowDown", "slow", 503),
    "request time-out": refusal("RequestTimeout", "slow"),
    "500": refusal("InternalServerException", "oops", 500),
    "500, nothing": raw(b"", 500),
    "500, a message": json_reply({"message": "m"}, 500),
    "502, HTML": raw(b"<html><body>bad gateway</body></html>", 502),
    "503, nothing": raw(b"", 503),
    "504, blanks": raw(b" \n", 504),
    "509": raw(b"", 509),
    "511": raw(b"", 511),
    "599, text": raw(b"hello", 599),
    "no connection": DROP,
    "half an answer": Reply(200, b'{"AttachmentId": "i"}', cut=10),
    "half a refusal": Reply(400, b'{"message": "i"}', cut=10),
}


def _attempts(number: str | None) -> Case:
    return uploading(environ={"AWS_MAX_ATTEMPTS": number})


CASES: Cases = {
    **{name: uploading(answers=(reply,)) for name, reply in ANSWERS.items()},
    "an empty code": uploading(
        answers=(json_reply({"__type": "", "message": "m"}, 403),), differs=NUMBERED
    ),
    "a null code": uploading(
        answers=(json_reply({"__type": None, "message": "m"}, 403),), differs=NUMBERED
    ),
    "bytes that are no text": uploading(
        answers=(raw(b"\xff\xfe", 400),),
        python="\n'utf-8' codec",
        differs=Differs("any-encoding", said=SENTENCE.format(400, "\ufffd\ufffd")),
    ),
    "as a table": uploading("--output", "table", "--color", "on", answers=(BAD,)),
    "of an operation without an answer": calling(
        "disconnect-participant", *TOKEN, answers=(refusal("AccessDeniedException", "no", 403),)
    ),
    "of a GET": calling(
        *("describe-view", *TOKEN, "--view-token", "v"),
        answers=(refusal("AccessDeniedException", "no", 403),),
    ),
    "twice throttled": uploading(answers=(SLOW,), environ=TWICE),
    "throttled, then done": uploading(answers=(SLOW, UPLOAD), environ=TWICE),
    "closed, then done": uploading(answers=(DROP, UPLOAD), environ=TWICE),
    "half an answer, then a whole one": uploading(
        answers=(Reply(200, b'{"AttachmentId": "i"}', cut=10), UPLOAD), environ=TWICE
    ),
    "unavailable, then refused": uploading(answers=(raw(b"", 503), BAD), environ=TWICE),
    "refused at once": uploading(answers=(BAD, UPLOAD), environ=TWICE),
    "no client token in it": calling(
        *("get-transcript", *TOKEN), answers=(SLOW, NOTHING), environ=TWICE
    ),
    "no attempts": _attempts("0"),
    "attempts below": _attempts("-1"),
    "attempts that are none": _attempts("abc"),
    "attempts, empty": _attempts(""),
    "attempts, a fraction": _attempts("1.5"),
    "attempts, blanks": _attempts(" 1 "),
    "attempts by default": _attempts(None),
}

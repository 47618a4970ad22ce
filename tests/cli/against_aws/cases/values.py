"""Numbers and texts: what is taken, what is refused before it is sent, how it travels."""

from __future__ import annotations

import json

from tests.cli.against_aws.case import UNSHOWN, Cases, Differs, asking, calling, uploading
from tests.cli.against_aws.replies import UPLOADED
from tests.cli.worlds import START, TOKEN

NAME = "--attachment-name"
SIZE = "--attachment-size-in-bytes"
SAU = "start-attachment-upload"
ROOT = "/participant"
SHOWN = json.dumps(UPLOADED, indent=4) + "\n"
UPLOAD_BODY = '{"ContentType": "text/plain", "AttachmentSizeInBytes": 5, "AttachmentName": '
UUID = '"ClientToken": "UUID"}'
SIZES = ["abc", "5.5", "1e3", "0x10", "true", "null", "file://n", "", "5 5", "1__0", "५x", "'"]
TAKEN = ["+5", " 7 ", "1_000", "٣", "99999999999999999999", "007", "\t8\n", "-0"]


def _named(number: str) -> str:
    return number.encode("unicode_escape").decode()


CASES: Cases = {
    **{f"size {_named(each)} is none": uploading(f"{SIZE}={each}") for each in SIZES},
    **{f"size {_named(each)}": uploading(f"{SIZE}={each}") for each in TAKEN},
    "size 0": uploading(SIZE, "0"),
    "size -1": uploading(SIZE, "-1"),
    "size -1, attached": uploading(f"{SIZE}=-1"),
    "size like an option": uploading(SIZE, "-x"),
    "number of results": calling("get-transcript", *TOKEN, "--max-results", "1_0"),
    "results below": calling("get-transcript", *TOKEN, "--max-results", "0"),
    "results, negative": calling("get-transcript", *TOKEN, "--max-results", "-1"),
    "results, no number": calling("get-transcript", *TOKEN, "--max-results", "1e3"),
    "results, a quote": calling("get-transcript", *TOKEN, "--max-results", "a\"'b"),
    "expiry below": calling(
        *("get-attachment", *TOKEN, "--attachment-id", "a", "--url-expiry-in-seconds", "4")
    ),
    "expiry far above": calling(
        *("get-attachment", *TOKEN, "--attachment-id", "a", "--url-expiry-in-seconds", "99999")
    ),
    "empty content type": uploading("--content-type", ""),
    "empty client token": uploading("--client-token="),
    "empty connection token": calling(*START, "--connection-token", ""),
    "everything wrong": calling(
        *(SAU, "--connection-token=", "--client-token=", "--attachment-name="),
        *("--content-type=", "--attachment-size-in-bytes=-3"),
    ),
    "two wrong": uploading("--content-type=", "--attachment-size-in-bytes=0"),
    "empty session": calling("cancel-participant-authentication", *TOKEN, "--session-id="),
    "short session": calling("cancel-participant-authentication", *TOKEN, "--session-id", "short"),
    "empty address": calling(
        *("get-authentication-url", *TOKEN, "--session-id", "s" * 36, "--redirect-uri", "")
    ),
    "empty view": calling("describe-view", *TOKEN, "--view-token="),
    "empty attachment": calling("get-attachment", *TOKEN, "--attachment-id="),
    "empty message": calling("send-message", *TOKEN, "--content-type=t", "--content="),
    "empty event": calling("send-event", *TOKEN, "--content-type=", "--content="),
    "empty contact": calling("get-transcript", *TOKEN, "--contact-id=", "--next-token="),
    "empty participant": calling("create-participant-connection", "--participant-token="),
    "long texts": uploading("--content-type", "x" * 256, NAME, "y" * 257, "--client-token=z" * 501),
    "a long token": calling(*START, f"--connection-token={'t' * 1001}"),
    "letters beyond ASCII": uploading(NAME, "é日本☃😀\u2028"),
    "decomposed letters": uploading(NAME, "e\u0301"),
    "a broken byte": uploading(NAME, "\udcff"),
    "broken bytes in a media type": uploading("--content-type", "a\udcc3(b"),
    "a broken byte in a token": calling(
        *(*START, "--connection-token", "T\udcff"),
        differs=Differs(
            "broken-bytes",
            status=0,
            out=SHOWN,
            said="",
            asked=(asking(f"{ROOT}/{SAU}", f'{UPLOAD_BODY}"a.txt", {UUID}', token="T\udcff"),),
        ),
    ),
    "control characters": uploading(NAME, 'a\n"\\\t\x7f\x01'),
    "blanks": uploading(NAME, "  a  ", "--content-type", " "),
    "a token beyond ASCII": calling(*START, "--connection-token", "é☃"),
    "a token in blanks": calling(*START, "--connection-token", " TOK "),
    "a client token of one's own": uploading("--client-token", "é 5"),
    "a token of two lines": calling(*START, "--connection-token", "a\nb", differs=UNSHOWN),
    "a token with a return": calling(*START, "--connection-token", "a\rb", differs=UNSHOWN),
    "a token with a tab": calling(*START, "--connection-token", "a\tb"),
    "a path": calling("describe-view", *TOKEN, "--view-token", "a/b c?é"),
    "a path of dots": calling("describe-view", *TOKEN, "--view-token", ".."),
    "a path that is escaped": calling("describe-view", *TOKEN, "--view-token", "%2F~-._+&="),
    "a message of many lines": calling(
        *("send-message", *TOKEN, "--content-type", "text/markdown", "--content", "# a\n\n- b\r\n")
    ),
    "a link as a message": calling(
        *("send-message", *TOKEN, "--content-type=t", "--content", "http://@HOST@/x"),
        differs=Differs(
            "urls-are-values",
            asked=(
                asking(
                    f"{ROOT}/message",
                    f'{{"ContentType": "t", "Content": "@URL@/x", {UUID}',
                ),
            ),
        ),
    ),
    "a link as a name": uploading(
        *(NAME, "https://127.0.0.1:1/x"),
        differs=Differs(
            "urls-are-values",
            status=0,
            out=SHOWN,
            said="",
            asked=(asking(f"{ROOT}/{SAU}", f'{UPLOAD_BODY}"https://127.0.0.1:1/x", {UUID}'),),
        ),
    ),
}

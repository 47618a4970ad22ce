"""https: whom to trust, and what is said where nobody should be."""

from __future__ import annotations

from typing import Any

from tests.cli.against_aws.case import (
    AUTHORITY,
    HERE,
    PORT,
    STRANGER,
    URL,
    Case,
    Cases,
    Differs,
    calling,
)
from tests.cli.against_aws.case import uploading as upload
from tests.cli.against_aws.replies import TRANSCRIPT, refusal
from tests.cli.recording import DROP
from tests.cli.worlds import START, TOKEN

PATH = "/participant/start-attachment-upload"
FAILED = f"SSL validation failed for {URL}{PATH} "
BLIND = "--no-verify-ssl"
TRUST = ("--ca-bundle", AUTHORITY)
QUIET = Differs("no-warnings", said="")
QUIET_REFUSAL = Differs(
    "no-warnings",
    said="\nAn error occurred (ValidationException) when calling the StartAttachmentUpload "
    "operation: bad\n",
)


def uploading(*words: str, **more: Any) -> Case:
    return upload(*words, tls=True, **more)


def _configured(bundle: str, *words: str, **more: Any) -> Case:
    config = f"[default]\nca_bundle = {bundle}\n".encode()
    return uploading(*words, files={".aws/config": config}, **more)


CASES: Cases = {
    "option": uploading(*TRUST),
    "option, a path in the URL": calling(
        *(*START, *TOKEN, *TRUST, "--endpoint-url", f"{URL}/base"), where=HERE[2:], tls=True
    ),
    "option, another operation": calling(
        *("get-transcript", *TOKEN, *TRUST, "--output", "text"), answers=(TRANSCRIPT,), tls=True
    ),
    "variable": uploading(environ={"AWS_CA_BUNDLE": AUTHORITY}),
    "the other variable": uploading(environ={"REQUESTS_CA_BUNDLE": AUTHORITY}),
    "profile": _configured(AUTHORITY),
    "option before variable": uploading(*TRUST, environ={"AWS_CA_BUNDLE": STRANGER}),
    "option before profile": _configured(STRANGER, *TRUST),
    "variable before profile": _configured(STRANGER, environ={"AWS_CA_BUNDLE": AUTHORITY}),
    "variable before the other": uploading(
        environ={"AWS_CA_BUNDLE": AUTHORITY, "REQUESTS_CA_BUNDLE": STRANGER}
    ),
    "profile before the other variable": _configured(
        AUTHORITY, environ={"REQUESTS_CA_BUNDLE": STRANGER}
    ),
    "an empty variable": _configured(
        AUTHORITY, environ={"AWS_CA_BUNDLE": ""}, differs=Differs("empty-bundle", said="")
    ),
    "a variable of others": uploading(environ={"CURL_CA_BUNDLE": AUTHORITY}, python=FAILED),
    "nobody": uploading(python=FAILED),
    "a stranger": uploading("--ca-bundle", STRANGER, python=FAILED),
    "a stranger by variable": uploading(environ={"AWS_CA_BUNDLE": STRANGER}, python=FAILED),
    "no such bundle": uploading("--ca-bundle", "none.pem"),
    "an empty bundle": uploading("--ca-bundle", "empty", files={"empty": b""}, python=FAILED),
    "a bundle that is none": uploading("--ca-bundle", "x", files={"x": b"hello\n"}, python=FAILED),
    "a bundle without a name": uploading(
        *("--ca-bundle", ""),
        differs=Differs(
            "empty-bundle",
            status=255,
            out="",
            said="\nBad value for --ca-bundle: the name of the file is missing.\n",
            asked=(),
        ),
    ),
    "blind": uploading(BLIND, differs=QUIET),
    "blind, with a stranger": uploading(BLIND, "--ca-bundle", STRANGER, differs=QUIET),
    "blind, with no bundle": uploading(BLIND, "--ca-bundle", "none.pem", differs=QUIET),
    "blind, a refusal": uploading(
        BLIND, answers=(refusal("ValidationException", "bad"),), differs=QUIET_REFUSAL
    ),
    "blind over http": upload(BLIND),
    "blind, two attempts": uploading(
        BLIND,
        answers=(refusal("ThrottlingException", "slow"), refusal("ValidationException", "bad")),
        environ={"AWS_MAX_ATTEMPTS": "2"},
        differs=QUIET_REFUSAL,
    ),
    "abbreviated": uploading("--no-verify", "--output", "text", differs=QUIET),
    "a bundle over http": upload("--ca-bundle", "none.pem"),
    "closed": uploading(*TRUST, answers=(DROP,)),
    "another name": calling(
        *(*START, *TOKEN, *TRUST, "--endpoint-url", f"https://localhost:{PORT}"),
        where=HERE[2:],
        tls=True,
        python="SSL validation failed for",
        differs=Differs(
            "names-of-certificates",
            said=f"\nSSL validation failed for https://localhost:{PORT}{PATH} "
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, "
            "certificate is not valid for 'localhost'. (_ssl.c:N)\n",
        ),
    ),
    "https at a plain port": calling(
        *(*START, *TOKEN, "--endpoint-url", "https://@HOST@"),
        where=HERE[2:],
        python="SSL validation failed for",
    ),
    "http at a safe port": calling(
        *(*START, *TOKEN, "--endpoint-url", "http://@HOST@"), where=HERE[2:], tls=True
    ),
    "nobody listens": calling(
        *(*START, *TOKEN, "--endpoint-url", "https://127.0.0.1:1"), where=HERE[2:]
    ),
    "verify, which is none": uploading("--verify-ssl"),
}

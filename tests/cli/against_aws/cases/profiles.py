"""Profiles, the two files they stand in, and keys, which the service does not ask for."""

from __future__ import annotations

from typing import Any

from tests.cli.against_aws.case import UNSHOWN, URL, Case, Cases, Differs, uploading
from tests.cli.against_aws.replies import refusal

KEYS = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET"}
SIGNED = ("--endpoint-url", URL, "--region", "us-east-1")
UNSIGNED = Differs("no-keys", like="keys, but unsigned")
CONFIG = """
# a comment
[default]
output = text

[profile a]
output = json
[profile b]
output = table
[profile "c d"]
output = table
[profile keys]
aws_access_key_id = AKID
aws_secret_access_key = SECRET
[e]
output = table
"""
CREDENTIALS = """
[default]
aws_access_key_id = AKID
aws_secret_access_key = SECRET
[only]
aws_access_key_id = AKID
aws_secret_access_key = SECRET
output = table
"""


def _using(*words: str, config: str = CONFIG, **more: Any) -> Case:
    files = {".aws/config": config.encode(), ".aws/credentials": CREDENTIALS.encode()}
    return uploading(*words, files=files, **more)


def _default(settings: str, *words: str, **more: Any) -> Case:
    return uploading(*words, files={".aws/config": f"[default]\n{settings}".encode()}, **more)


def _broken(text: bytes, path: str = ".aws/config") -> Case:
    said = f"\nUnable to parse config file: @HOME@/{path}\n"
    differs = Differs("broken-config", status=255, said=said)
    return uploading(files={path: text}, differs=differs)


CASES: Cases = {
    "the default": _using(),
    "by option": _using("--profile", "a"),
    "by option, an empty word": _using("--profile", ""),
    "by option, quoted": _using("--profile", "c d"),
    "by variable": _using(environ={"AWS_PROFILE": "b"}),
    "by a variable that is empty": _using(environ={"AWS_PROFILE": ""}),
    "by both variables, one empty": _using(environ={"AWS_PROFILE": "b", "AWS_DEFAULT_PROFILE": ""}),
    **{
        f"the default twice, {first} first": _using(
            config=f"[{first}]\noutput = text\n[{then}]\noutput = table\n"
        )
        for first, then in (("default", "profile default"), ("profile default", "default"))
    },
    "by the other variable": _using(environ={"AWS_DEFAULT_PROFILE": "b"}),
    "by both variables": _using(environ={"AWS_DEFAULT_PROFILE": "b", "AWS_PROFILE": "a"}),
    "by option and variable": _using("--profile", "a", environ={"AWS_DEFAULT_PROFILE": "b"}),
    "in the other file": _using("--profile", "only"),
    "without its prefix": _using("--profile", "e"),
    "none": _using("--profile", "nope"),
    "none by variable": _using(environ={"AWS_PROFILE": "nope"}),
    "none by the other variable": _using(environ={"AWS_DEFAULT_PROFILE": "nope"}),
    "none, no files": uploading("--profile", "nope"),
    "default by name, no files": uploading("--profile", "default"),
    "another file": uploading(
        files={"mine": b"[default]\noutput = text\n"}, environ={"AWS_CONFIG_FILE": "mine"}
    ),
    "another file at home": uploading(
        files={"mine": b"[default]\noutput = text\n"}, environ={"AWS_CONFIG_FILE": "~/mine"}
    ),
    "another file that is not there": _using(environ={"AWS_CONFIG_FILE": "/nonexistent"}),
    "another file of keys": uploading(
        *("--profile", "p"),
        files={"mine": b"[p]\noutput = text\n"},
        environ={"AWS_SHARED_CREDENTIALS_FILE": "mine"},
    ),
    "a directory for a file": uploading(files={".aws/config/x": b""}),
    "both files": uploading(
        *("--profile", "p"),
        files={
            ".aws/config": b"[profile p]\noutput = text\n",
            ".aws/credentials": b"[p]\noutput = table\n",
        },
    ),
    "capitals in a setting": _default("OutPut = text\n"),
    "a setting without blanks": _default("output=text\n"),
    "a colon": _default("output: text\n"),
    "a comment behind a setting": _default(
        "output = text # really\n", differs=Differs("form-found-early", asked=())
    ),
    "a default with a prefix": uploading(
        files={".aws/config": b"[profile default]\noutput=text\n"}
    ),
    "Windows' ends of lines": _default("output = text\r\nregion = x\r\n"),
    "an empty file": uploading(files={".aws/config": b""}),
    "a setting outside": _broken(b"output = text\n"),
    "a line without a value": _broken(b"[default]\noutput\n"),
    "a section that does not end": _broken(b"[default\n"),
    "broken keys": _broken(b"nonsense\n", ".aws/credentials"),
    "bytes that are no text": _broken(b"[default]\noutput = \xff\n"),
    "a link is a link": _default(
        "cli_follow_urlparam = false\n", "--attachment-name", "http://127.0.0.1:1/x"
    ),
    "attempts of the profile": _default(
        "max_attempts = 1\n",
        environ={"AWS_MAX_ATTEMPTS": None},
        answers=(refusal("ThrottlingException", "slow"),),
    ),
    "attempts of the variable": _default(
        "max_attempts = x\n", answers=(refusal("ThrottlingException", "slow"),)
    ),
    "bad attempts of the profile": _default(
        "max_attempts = x\n", environ={"AWS_MAX_ATTEMPTS": None}
    ),
    "keys, but unsigned": uploading(environ=KEYS),
    "no keys": uploading(where=SIGNED, differs=UNSIGNED),
    "keys": uploading(where=SIGNED, environ=KEYS, differs=UNSIGNED),
    "keys and a session": uploading(
        where=SIGNED, environ={**KEYS, "AWS_SESSION_TOKEN": "S"}, differs=UNSIGNED
    ),
    "half of the keys": uploading(
        where=SIGNED, environ={"AWS_ACCESS_KEY_ID": "AKID"}, differs=UNSIGNED
    ),
    "half of the keys, unsigned": uploading(environ={"AWS_ACCESS_KEY_ID": "AKID"}),
    "keys of the profile, unsigned": _using("--profile", "keys"),
    "keys of the profile": _using(
        *("--profile", "keys"),
        where=SIGNED,
        differs=Differs("no-keys", like="keys of the profile, unsigned"),
    ),
    "keys of the other file": _using(where=SIGNED, differs=Differs("no-keys", like="the default")),
    "no keys, something wrong": uploading("--attachment-name=", where=SIGNED),
    "no keys, a token of two lines": uploading(
        "--connection-token=a\nb", where=SIGNED, differs=Differs("no-keys", said=UNSHOWN.said)
    ),
}

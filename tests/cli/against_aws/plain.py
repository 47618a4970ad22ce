"""Texts without what differs from run to run or belongs to one machine."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tests.cli.against_aws.help_page import names
from tests.cli.recording import Recorded
from tests.cli.worlds import UUID

_VERSION = re.compile(r"\A(?:aws-cli|openparticipant)/\d")
_WARNING = re.compile(r"^\S+: InsecureRequestWarning: .*\n  warnings.warn\(\n", re.MULTILINE)
# AWS has some four hundred services here.
_COMMANDS = re.compile(r"(argument command: Invalid choice, valid choices are:\n\n)(?:.+\n)+")
_UPGRADE = re.compile(r"^(AWS CLI v2 UPGRADE WARNING): .*\n", re.MULTILINE)
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n(?:.*\n)*?(?=\S)", re.MULTILINE)
_OPENSSL_LINE = re.compile(r"\(_ssl\.c:\d+\)")
# Each has a time, a thread, a logger's name and a level.
_LOGGED = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - \S+ - \S+ - [A-Z]+ - ", re.MULTILINE)
# Chance, the machine's, or the program's own; the length is that of the body beside it.
_NOT_COMPARED = {"user-agent", "amz-sdk-invocation-id", "host", "content-length", "x-amz-date"}
# When an attempt ends, and all of a signature but its kind.
_CHANGING = re.compile(r"ttl=[^;]*; |(?<=^AWS4-HMAC-SHA256).*")


def output(text: str, *, is_help: bool) -> str:
    """Return standard output; of a page of help only the names, of versions none."""
    if is_help:
        return names(text)
    return re.sub(r"/\S+", "/VERSION", text) if _VERSION.match(text) else text


def sentence(text: str, secret: str | None) -> str:
    """Return standard error without the usage above a sentence, and without the program's name.

    Of `--debug`, whose `secret` is given, only the last paragraph is left, and whether it leaks.
    """
    if secret is not None and text:
        leak = "shows" if secret in text else "hides"
        return f"(a trace that {leak} the token)\n{_behind_the_trace(text)}"
    text = _COMMANDS.sub(r"\1(the commands)\n", text)
    for start in (": error: ", "\nUnknown options: "):
        if start in text:
            return text[text.index(start) :]
    text = _WARNING.sub("(InsecureRequestWarning)\n", text)
    text = _UPGRADE.sub(r"(\1)\n", text)
    text = _TRACEBACK.sub("(Traceback)\n", text)
    return _OPENSSL_LINE.sub("(_ssl.c:N)", text)


def _behind_the_trace(text: str) -> str:
    """Return what a trace ends with: a blank line and a sentence, where there is one."""
    last = f"\n{text}".rpartition("\n\n")[2]
    is_sentence = (
        last != f"\n{text}" and not _LOGGED.search(last) and not last.startswith(("<", ">"))
    )
    return last if is_sentence else ""


def request(asked: Recorded) -> str:
    """Return a request as text: one line for each header, then the body."""
    headers = [
        f"{name.lower()}: {_steady(_utf_8(value))}"
        for name, value in asked.headers
        if name.lower() not in _NOT_COMPARED
    ]
    body = re.sub(UUID, "UUID", asked.body.decode("utf-8", "surrogateescape"))
    return "\n".join([f"{asked.method} {asked.path}", *headers, "", body])


def _steady(header: str) -> str:
    return _CHANGING.sub("", header)


def _utf_8(header: str) -> str:
    return header.encode("latin-1").decode("utf-8", "surrogateescape")


def named(text: str, stage: Mapping[str, str]) -> str:
    """Return a text with the names in place of what they stand for on this stage."""
    for name, value in stage.items():
        text = text.replace(value, name)
    return text

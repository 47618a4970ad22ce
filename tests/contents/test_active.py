"""What a machine would run is refused under a harmless name."""

from __future__ import annotations

import pytest

from openparticipant.domain.contents import FaultKind
from tests.contents.judging import judged
from tests.contents.samples import office

HTML = b"<html><script>alert(1)</script></html>"
PROGRAM = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(40)
ACTIVE: dict[str, list[bytes]] = {
    "text/html": [
        HTML, b"<!DOCTYPE html>\n<p>", b" \r\n\t<HTML>", b"<script src=x></script>", b"<iframe src='x'>",
        b"\xef\xbb\xbf" + HTML, HTML.decode().encode("utf-16"), b"\xfe\xff" + HTML.decode().encode("utf-16-be"),
        b"<!-- x --><html>", b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'>\n<html xmlns='x'>",
        b"<a href='javascript:x'>", b"<BODY onload=x>", b"<style>x",
    ],
    "image/svg+xml": [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", b"<?xml version='1.0'?><svg></svg>",
        b"<!-- x -->\n<!-- y --><svg >", b"<svg:svg xmlns:svg='x'>", b"<!DOCTYPE svg PUBLIC 'x'><svg/>",
    ],
    "application/x-executable": [b"\x7fELF\x02\x01\x01" + bytes(50)],
    "application/vnd.microsoft.portable-executable": [PROGRAM],
    "application/x-mach-binary": [bytes.fromhex("cffaedfe0c000001")],
    "application/java-vm": [bytes.fromhex("cafebabe00000034")],
    "application/x-ms-shortcut": [bytes.fromhex("4c0000000114020000000000c000000000000046")],
    "text/x-shellscript": [b"#!/bin/sh\nrm -rf /\n", b"#! /usr/bin/env python3\n"],
    "application/x-php": [b"<?php system($_GET[0]);", b"\n<?PHP x"],
}  # fmt: skip


@pytest.mark.parametrize("ending", ["png", "txt", "csv", "pdf", "docx", "xls", "doc", "xyz"])
@pytest.mark.parametrize(("found", "content"), [(t, c) for t, cs in ACTIVE.items() for c in cs])
def test_it_is_refused_whatever_it_is_called(ending: str, found: str, content: bytes) -> None:
    """With its true type."""
    fault = judged(f"a.{ending}", content, "text/plain")
    assert fault is not None
    assert fault.kind is FaultKind.ACTIVE
    assert fault.sentence == f"The bytes of the file are {found}; text/plain was announced."


def test_who_lets_pages_in_gets_pages() -> None:
    """An operator who adds an ending has decided."""
    assert judged("a.html", HTML) is None
    assert judged("a.svg", b"<svg/>") is None
    assert judged("a.svg", HTML) is not None


@pytest.mark.parametrize("place", ["word/vbaProject.bin", "word\\VBAPROJECT.BIN", "vbaProject.bin"])
def test_macros_need_an_ending_that_says_so(place: str) -> None:
    """Such a file would be refused by Office as well, after its user has trusted it."""
    content = office("word", **{place: b"\xcc\x61"})
    fault = judged("a.docx", content)
    assert fault is not None
    assert fault.kind is FaultKind.ACTIVE
    assert "macros" in fault.sentence
    assert judged("a.docm", content) is None

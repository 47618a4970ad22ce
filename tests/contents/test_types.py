"""Whether bytes are what was announced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.domain.contents import FaultKind
from openparticipant.domain.filetypes import CONTENT_TYPES
from tests.contents.judging import judged
from tests.contents.samples import MP4, OLE, PDF, RTF, VALID, gif, jpeg, office, png, wav, zipped

SAMPLES = [(ending, content) for ending, contents in VALID.items() for content in contents]


def test_every_ending_of_the_default_has_samples() -> None:
    """So that none is refused that is what it says."""
    assert VALID.keys() == CONTENT_TYPES.keys()


@pytest.mark.parametrize(("ending", "content"), SAMPLES)
def test_what_is_as_announced_passes(ending: str, content: bytes) -> None:
    """Also what old and careless programs write."""
    assert judged(f"a.{ending}", content) is None


WRONG: dict[str, list[bytes]] = {
    "png": [jpeg(), PDF, b"hello", gif(), office("word"), b"\x89PNG\r\n\x1a", bytes(100)],
    "jpg": [png(), b"\xff\xd8", RTF],
    "pdf": [png(), OLE, b"hello", b" " * 2000 + PDF, zipped({"a": b"b"})],
    "docx": [office("xl"), office("ppt"), zipped({"a": b"b"}), PDF, b"hello", RTF],
    "xlsx": [office("word"), b"a,b\n"],
    "pptx": [office("xl")],
    "mp4": [wav(), png(), b"hello"],
    "wav": [MP4, b"RIFF\x04\0\0\0WEBP"],
    "heic": [jpeg(), MP4],
    "txt": [png(), PDF, zipped({"a": b"b"}), OLE, RTF, jpeg(), gif(7, 7)],
    "csv": [office("xl"), OLE, PDF],
    "rtf": [b"hello", OLE],
    "gif": [PDF, b"hello"],
    "mp3": [png(), PDF],
}


@pytest.mark.parametrize(("ending", "content"), [(e, c) for e, cs in WRONG.items() for c in cs])
def test_what_is_something_else_is_refused(ending: str, content: bytes) -> None:
    """With a sentence that names both types."""
    fault = judged(f"a.{ending}", content, CONTENT_TYPES.get(ending, ("audio/mpeg",))[0])
    assert fault is not None
    assert fault.kind is FaultKind.TYPE
    found, _, announced = fault.sentence.removeprefix("The bytes of the file are ").partition("; ")
    assert "/" in found or found == "of no known type"
    assert announced.endswith(" was announced.")
    assert "/" in announced


def test_both_types_are_named() -> None:
    """So that a person can tell what went wrong."""
    fault = judged("a.png", jpeg(), "image/png")
    assert fault is not None
    assert fault.sentence == "The bytes of the file are image/jpeg; image/png was announced."
    fault = judged("a.docx", office("xl"))
    assert fault is not None
    sheet, letter = CONTENT_TYPES["xlsx"][0], CONTENT_TYPES["docx"][0]
    assert fault.sentence == f"The bytes of the file are {sheet}; {letter} was announced."
    fault = judged("a.PNG", b"\0\1\2\3")
    assert fault is not None
    assert fault.sentence == "The bytes of the file are of no known type; image/png was announced."


@pytest.mark.parametrize("ending", ["zip", "jar", "odt", "epub", "xyz"])
def test_an_ending_of_the_operators_is_trusted(ending: str) -> None:
    """Nobody here knows every format."""
    assert judged(f"a.{ending}", zipped({"a": b"b"})) is None
    assert judged(f"a.{ending}", b"\0\1\2\3") is None


@pytest.mark.parametrize(
    ("ending", "content"), [("gif", gif()), ("3gp", MP4), ("m4a", MP4), ("gif", png())]
)
def test_media_that_the_operator_lets_in_are_media(ending: str, content: bytes) -> None:
    """Of whatever kind."""
    assert judged(f"a.{ending}", content) is None


@given(st.binary(max_size=3000), st.sampled_from(sorted([*CONTENT_TYPES, "zip", "gif", "xyz"])))
def test_any_bytes_have_an_answer(content: bytes, ending: str) -> None:
    """And it is the same each time."""
    assert judged(f"a.{ending}", content) == judged(f"a.{ending}", content)


@given(st.data())
def test_a_file_that_ends_early_has_an_answer(data: st.DataObject) -> None:
    """Wherever it was cut."""
    ending, content = data.draw(st.sampled_from(SAMPLES))
    length = data.draw(st.integers(0, len(content)))
    judged(f"a.{ending}", content[:length])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_prose_passes_as_text(text: str) -> None:
    """Unless it begins as something that is run or has a form of its own."""
    begins = text.lstrip().lower()
    if not begins.startswith(("<", "#!", "{\\rtf")) and "%PDF-" not in text:
        assert judged("a.txt", text.encode()) is None

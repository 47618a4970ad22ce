"""Which keys can name an object."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.domain.attachment import staging_key
from openparticipant.objects.keys import is_staging, path_of

ROOT = Path("/store")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/etc/passwd",
        "a//b",
        "a/",
        "..",
        "../b",
        "a/../b",
        "a/./b",
        ".incoming/x",
        ".incoming",
        "a/.hidden",
        "a\0b",
        "a\nb",
        "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n",
        "a" * 256,
        "/".join(["a" * 200] * 6),
    ],
)
def test_what_is_no_key(key: str) -> None:
    """A key that could leave the root, meet our own files or break the file system names nothing."""
    assert path_of(ROOT, key) is None


@given(st.text(max_size=40) | st.text(alphabet="./a:\0\\", max_size=12))
def test_no_key_leaves_the_root(key: str) -> None:
    """Whatever a key looks like, its path is strictly below the root, part for part."""
    path = path_of(ROOT, key)
    if path is not None:
        assert path.parts == ("/", "store", *key.split("/"))
        assert ".." not in path.parts


def test_our_own_keys_are_keys() -> None:
    """The longest instance id and extension that are let in still make a staging key."""
    key = staging_key(
        instance_id="i" * 100,
        contact_id="c" * 36,
        attachment_id="a" * 36,
        name="n." + "e" * 100,
        proposed_at=0,
    )
    assert path_of(ROOT, key) == ROOT / key
    assert is_staging(key)
    assert not is_staging(key.replace("/staging/", "/"))

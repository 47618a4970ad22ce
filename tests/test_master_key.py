"""The master key: how it is read, what it gives away, and what it seals."""

from __future__ import annotations

import base64
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.master_key import MasterKey
from tests.requirements import require

SECRET = bytes(range(32))
TEXT = base64.b64encode(SECRET).decode()


@pytest.fixture(scope="module")
def sealing() -> ModuleType:
    """Return the module that needs an extra."""
    require(find_spec("cryptography"), "the package cryptography")
    return import_module("openparticipant.sealing")


def test_it_is_read_as_openssl_writes_it() -> None:
    """With the end of its line; the same bytes are the same key."""
    assert MasterKey.read(f"{TEXT}\n").check == MasterKey(SECRET).check


@pytest.mark.parametrize(
    "text", ["", "x", TEXT[:-4], TEXT + TEXT, SECRET.hex(), TEXT.replace("A", "-"), "ü" * 44]
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    """The line says how to make one, and nothing of what was given."""
    with pytest.raises(ValueError, match="openssl rand -base64 32") as wrong:
        MasterKey.read(text)

    assert not text or text not in str(wrong.value)


def test_it_shows_nowhere() -> None:
    """Neither itself nor what it seals with; the check value is a third thing."""
    key = MasterKey(SECRET)

    for secret in (SECRET, key.sealing_key):
        assert repr(secret) not in repr(key)
        assert secret.hex() != key.check
    assert key.sealing_key != SECRET


@given(secret=st.text(), about=st.text(), chance=st.binary(min_size=12, max_size=32))
def test_what_is_sealed_comes_back(
    sealing: ModuleType, secret: str, about: str, chance: bytes
) -> None:
    """By the same key and for the same purpose."""
    key = MasterKey(SECRET)
    stored = sealing.seal(secret, key, about=about, chance=chance)

    assert sealing.unseal(stored, key, about=about) == secret


def test_only_its_own_key_and_purpose_open_it(sealing: ModuleType) -> None:
    """Whoever can write to the database cannot put one secret in another's place, nor an open one."""
    key = MasterKey(SECRET)
    stored = sealing.seal("secret", key, about="control AKIA1", chance=bytes(12))
    raw = bytearray(base64.b64decode(stored.removeprefix("v1:")))
    raw[-1] ^= 1
    changed = "v1:" + base64.b64encode(raw).decode()

    for text, by, about in (
        (stored, MasterKey(bytes(32)), "control AKIA1"),
        (stored, key, "objects AKIA1"),
        (changed, key, "control AKIA1"),
        (stored[:20], key, "control AKIA1"),
        (stored.replace("v1:", "v2:"), key, "control AKIA1"),
        ("secret", key, "control AKIA1"),
        ("", key, "control AKIA1"),
    ):
        with pytest.raises(sealing.SealError):
            sealing.unseal(text, by, about=about)
    assert "secret" not in stored

"""A directory of objects belongs to one database."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from openparticipant.errors import Unavailable
from openparticipant.objects.ownership import claim
from openparticipant.testing.server import Server
from openparticipant.transport.start import StartError


def test_the_first_to_come_owns_it_for_good(tmp_path: Path) -> None:
    """Whoever lets go may come again; nobody else ever may."""
    os.close(claim(tmp_path, "one"))
    os.close(claim(tmp_path, "one"))

    with pytest.raises(Unavailable, match="belong to another server's database"):
        claim(tmp_path, "two")


def test_two_at_once_cannot_hold_it(tmp_path: Path) -> None:
    """Not even under the same name, as with a copied data directory."""
    held = claim(tmp_path, "one")

    with pytest.raises(Unavailable, match="another server uses"):
        claim(tmp_path, "one")
    os.close(held)


def test_a_second_server_cannot_clear_the_first_ones_uploads(tmp_path: Path) -> None:
    """Recovery discards what its own database does not know, so it must be its own directory."""
    objects = f"file://{tmp_path}/objects"
    with Server(tmp_path / "one", log=io.BytesIO(), objects=objects) as first:
        chat = first.start_chat()
        started = chat.start_upload()
        chat.upload(started)

        with (
            pytest.raises(StartError, match="objects"),
            Server(tmp_path / "two", log=io.BytesIO(), objects=objects),
        ):
            pass

        assert chat.complete(started.json["AttachmentId"]).status == 200

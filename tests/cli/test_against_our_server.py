"""The commands of our own against our own server, bytes and all."""

from __future__ import annotations

from pathlib import Path

import pytest

from openparticipant.testing.server import Server
from tests.cli.worlds import command
from tests.contents.filler import filled


def entering(server: Server, *words: str) -> dict[str, str]:
    """Return the variables that `start-chat --as` tells a shell to set, and AWS's files."""
    now = server.clock.now()
    outcome = command("start-chat", "--as", *words, environ=server.environment, at=now)
    assert outcome.status == 0, outcome.err
    lines = outcome.out.decode().splitlines()
    exported = dict(line.removeprefix("export ").split("=", 1) for line in lines)
    return server.environment | exported


def round_trip(server: Server, folder: Path) -> None:
    """Attach as a customer, download as an agent, told nothing but where AWS's files are."""
    sent = folder / "Bildschirm\N{NARROW NO-BREAK SPACE}é.png"
    sent.write_bytes(filled("png", 1_000_001))
    customer = entering(server, "customer")
    contact_id = customer["OPENPARTICIPANT_CONTACT_ID"]
    agent = entering(server, "agent", "--contact-id", contact_id)

    attached = command("attach", str(sent), environ=customer)
    assert (attached.status, attached.err) == (0, "")
    attachment_id, name = attached.out.decode().rstrip("\n").split("  ", 1)
    assert name == sent.name

    (folder / "got").mkdir()
    downloaded = command("download", attachment_id, "-o", str(folder / "got"), environ=agent)
    assert (downloaded.status, downloaded.err) == (0, "")
    (got,) = (folder / "got").iterdir()
    assert (got.name, got.read_bytes()) == (sent.name, sent.read_bytes())


def test_a_file_goes_from_customer_to_agent(participant_server: Server, tmp_path: Path) -> None:
    """Name and bytes arrive unchanged, with nothing configured but AWS's two files."""
    round_trip(participant_server, tmp_path)


def test_the_same_over_tls(tmp_path: Path) -> None:
    """The server's own authority is trusted because the files name it, and only then."""
    (tmp_path / "files").mkdir()
    with Server(tmp_path / "data", tls="auto") as server:
        url = server.url
        round_trip(server, tmp_path / "files")
        stranger = command(
            *("disconnect-participant", "--connection-token", "t", "--endpoint-url", url)
        )

    assert url.startswith("https://")
    assert stranger.status == 255
    assert stranger.err.startswith(f"\nSSL validation failed for {url}/participant/")
    assert "CERTIFICATE_VERIFY_FAILED" in stranger.err
    assert stranger.sleeps == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"x", "ValidationException"),
        ("big.txt", b"x" * 1001, "ValidationException"),
    ],
)
def test_what_the_service_refuses_is_told(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """In the service's words, on one line."""
    (tmp_path / name).write_bytes(content)
    with Server(attachment_size="1000") as server:
        customer = entering(server, "customer")
        outcome = command("attach", str(tmp_path / name), environ=customer)

    assert outcome.status == 1
    assert said in outcome.err
    assert outcome.err.count("\n") == 1

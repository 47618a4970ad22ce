"""`download` of several, and what is compared."""

from __future__ import annotations

import base64
import hashlib
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from openparticipant.testing.server import Server
from tests.cli.chat import chatting
from tests.cli.recording import Recorded, Reply
from tests.serve_process import plain_environment

PATIENCE = 20
SMALL = {each: each.encode() for each in "ijkl"}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(folder: str = ".") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def test_several_go_into_a_folder() -> None:
    """Each under its own name, each with a line."""
    Path("to").mkdir()
    with chatting(stored=SMALL, names={each: f"{each}.txt" for each in SMALL}) as chat:
        outcome = chat.run("download", *SMALL, "-o", "to")

    assert (outcome.status, outcome.err) == (0, "")
    assert sorted(outcome.out.decode().splitlines()) == [f"to/{each}.txt" for each in SMALL]
    assert found("to") == {f"{name}.txt": content for name, content in SMALL.items()}


def test_files_of_one_name_keep_apart() -> None:
    """The first of the command line keeps it, whichever comes first; case makes no difference."""
    others_wait = threading.Event()
    names = {"i": "a.txt", "j": "A.TXT", "k": "a.txt", "l": "a (2).txt"}
    with chatting(stored=SMALL, names=names) as chat:
        answer = chat.script

        def slow_first(request: Recorded) -> Reply:
            if request.path.startswith("/attachments/i"):
                others_wait.wait(PATIENCE)
            reply = answer(request)
            if request.path.startswith("/attachments/l"):
                others_wait.set()
            return reply

        assert chat.recorder is not None
        chat.recorder.script = slow_first
        outcome = chat.run("download", *"ijkl", "--json")

    assert outcome.status == 0, outcome.err
    assert [(each["AttachmentId"], each["Path"]) for each in outcome.json] == [
        ("i", "a.txt"),
        ("j", "A (2).TXT"),
        ("k", "a (3).txt"),
        ("l", "a (2) (2).txt"),
    ]
    assert set(found().values()) == set(SMALL.values())


def test_an_existing_file_keeps_its_name_to_itself() -> None:
    """It is not renamed around: that it is there already may be a mistake; the others go on."""
    Path("a.txt").write_bytes(b"mine")
    with chatting(stored=SMALL, names={"i": "a.txt", "j": "b.txt"}) as chat:
        outcome = chat.run("download", "i", "j", "none", "--error-format=json", "--parallel=1")

    first, second = outcome.err.splitlines()
    assert outcome.status == 1
    assert outcome.out == b"b.txt\n"
    assert first.endswith('a.txt exists already; --force replaces it", "AttachmentId": "i"}')
    assert '"Code": "ValidationException"' in second
    assert second.endswith('"AttachmentId": "none"}')
    assert found() == {"a.txt": b"mine", "b.txt": b"j"}


HEX = hashlib.sha256(b"i").hexdigest()
BASE64 = base64.b64encode(hashlib.sha256(b"i").digest()).decode()
OTHER = hashlib.sha256(b"other")


@pytest.mark.parametrize(
    ("answered", "verified"),
    [
        ({"ETag": f'"{HEX}"'}, True),
        ({"x-amz-checksum-sha256": BASE64}, True),
        ({"x-amz-checksum-sha256": BASE64, "ETag": '"5d41402abc4b2a76b9719d911017c592"'}, True),
        # Of a file that was uploaded in parts, neither is one of its bytes.
        ({"x-amz-checksum-sha256": f"{BASE64}-2", "ETag": '"5d41402abc4b2a76-2"'}, False),
        ({"x-amz-checksum-sha256": "nonsense"}, False),
        ({"ETag": '"5d41402abc4b2a76b9719d911017c592"'}, False),
        ({}, False),
    ],
)
def test_a_digest_is_compared_where_there_is_one(
    answered: dict[str, str], *, verified: bool
) -> None:
    """Whether that was so is told."""
    with chatting(stored=SMALL, answered=answered) as chat:
        outcome = chat.run("download", "i", "--json")

    assert outcome.json == [
        {
            "AttachmentId": "i",
            "AttachmentSizeInBytes": 1,
            "Path": "a.txt",
            "Verified": verified,
        }
    ]


@pytest.mark.parametrize(
    "answered",
    [
        {"ETag": f'"{OTHER.hexdigest()}"'},
        {"x-amz-checksum-sha256": base64.b64encode(OTHER.digest()).decode()},
        {
            "x-amz-checksum-sha256": base64.b64encode(OTHER.digest()).decode(),
            "ETag": f'"{HEX}"',
        },
    ],
)
def test_other_bytes_are_not_kept(answered: dict[str, str]) -> None:
    """A file that is not what was sent is none."""
    with chatting(stored=SMALL, answered=answered) as chat:
        outcome = chat.run("download", "i")

    assert (outcome.status, outcome.out) == (1, b"")
    assert outcome.err.endswith(
        "i: the bytes are not those that were sent: their SHA-256 differs\n"
    )
    assert found() == {}


def test_our_own_store_lets_bytes_be_compared(participant_server: Server) -> None:
    """Its entity tag is the SHA-256 of the file."""
    chat = participant_server.start_chat()
    attachment_id = chat.attach("a.txt", os.urandom(300_001))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openparticipant", "download", attachment_id),
            *("--endpoint-url", participant_server.url, "--query", "[].Verified"),
        ],
        env=plain_environment(OPENPARTICIPANT_CONNECTION_TOKEN=chat.connection_token),
        capture_output=True,
        check=True,
    )

    assert done.stdout.split() == [b"[", b"true", b"]"]


def test_a_full_disk_is_told_and_leaves_nothing() -> None:
    """A limit of the system stands for it; what fits is there."""
    Path("to").mkdir()
    stored = {"i": bytes(1_000_000), "j": b"j"}
    with chatting(stored=stored, names={"i": "i.txt", "j": "j.txt"}) as chat:
        assert chat.recorder is not None
        done = subprocess.run(
            [
                *(sys.executable, "-m", "openparticipant", "download", "i", "j", "-o", "to"),
                *("--endpoint-url", chat.recorder.url),
            ],
            env=plain_environment(OPENPARTICIPANT_CONNECTION_TOKEN="T"),
            capture_output=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        )

    assert (done.returncode, done.stdout) == (1, b"to/j.txt\n")
    assert done.stderr == b"openparticipant: i: File too large\n"
    assert found("to") == {"j.txt": b"j"}


def test_results_take_every_form() -> None:
    """The global options do what they do for operations."""
    with chatting(stored=SMALL, names={each: f"{each}.txt" for each in SMALL}) as chat:
        outcome = chat.run("download", *"ij", "--output", "text", "--query", "[].Path")

    assert (outcome.status, outcome.out) == (0, b"i.txt\tj.txt\n")

"""`backup` and `restore` as an operator runs them, beside a server that is busy."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from openparticipant.backups import layout
from openparticipant.backups.making import Maker, Source
from openparticipant.backups.manifest import (
    NAME,
    Absent,
    File,
    ManifestWriter,
    read_head,
    read_lines,
)
from openparticipant.stores.sqlite_reader import SqliteReader
from openparticipant.testing.chat import start_chat
from tests.crash.ledger import Conversation, Ended, Upload
from tests.crash.line import Line
from tests.crash.load import Load
from tests.crash.recall import download
from tests.crash.rounds import control_key
from tests.engines.cluster import remote
from tests.eventually import eventually
from tests.serve_process import ServeProcess, plain_environment
from tests.small_disk import small_disk
from tests.verification.looking import execute, flip, objects_in, verified


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run one of our commands in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "openparticipant", *words],
        check=False,
        capture_output=True,
        text=True,
        env=plain_environment(),
        timeout=120,
    )


def acknowledged(conversations: list[Conversation]) -> list[tuple[Conversation, Upload]]:
    """Return what was completed so far in conversations that nobody has ended."""
    return [
        (it, upload)
        for it in list(conversations)
        if it.ended is Ended.NO
        for upload in list(it.uploads)
        if upload.completed
    ]


def test_what_was_acknowledged_before_is_there_after(tmp_path: Path) -> None:
    """A back-up under load, restored: clean, served, and every file equal, with tokens as before."""
    data_dir, log = tmp_path / "data", tmp_path / "log"
    with ServeProcess(data_dir, "--tls", "auto", log=log) as server:
        assert server.terminate() == 0
    with ServeProcess(data_dir, log=log) as server:
        key = control_key(data_dir)
        load = Load(lambda: Line(server.url, key), random.randrange(1 << 32), couples=2)
        load.start()
        try:
            assert eventually(lambda: len(acknowledged(load.conversations)) >= 10)
            before = acknowledged(load.conversations)
            done = run("backup", str(tmp_path / "copy"), "--data-dir", str(data_dir))
        finally:
            load.brace()
            server.kill()
            load.join()
    assert load.faults == []
    assert (done.returncode, done.stderr) == (0, "")
    shutil.rmtree(data_dir)

    restored = run("restore", str(tmp_path / "copy"), "--data-dir", str(data_dir))

    assert (restored.returncode, restored.stdout) == (0, f"{data_dir} is restored\n")
    assert run("verify", "--data-dir", str(data_dir)).returncode == 0
    assert verified(data_dir).differences == []
    with (
        ServeProcess(data_dir, log=log) as server,
        closing(Line(server.url, control_key(data_dir))) as line,
    ):
        assert control_key(data_dir) == key
        for conversation, upload in before:
            if conversation.ended is Ended.NO:
                found = download(line, conversation.connection_token, upload)
                assert found.body == upload.content
        assert verified(data_dir).differences == []
    assert (data_dir / "tls" / "authority.pem").exists()
    assert (data_dir / "node-id").exists()
    open_to_others = [it for it in data_dir.rglob("*") if it.stat().st_mode & 0o077]
    assert open_to_others == []
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return the directory of a server that has ended, with two attachments."""
    with ServeProcess(tmp_path / "data", log=tmp_path / "log") as server:
        chat = start_chat(remote(server), "Customer")
        chat.attach(content=b"one")
        chat.attach(content=b"another")
        assert server.terminate() == 0
    return tmp_path / "data"


@pytest.fixture
def copy(data_dir: Path) -> Path:
    """Return a back-up of it."""
    made = run("backup", str(data_dir.with_name("copy")), "--data-dir", str(data_dir))
    assert made.returncode == 0, made.stderr
    return data_dir.with_name("copy")


def refused(copy: Path, said: str) -> None:
    """Restore, and see it refused in one line, with nothing put anywhere."""
    place = copy.with_name("restored")
    outcome = run("restore", str(copy), "--data-dir", str(place))
    assert outcome.returncode == 2
    assert said in outcome.stderr
    assert outcome.stderr.count("\n") == 1
    assert not place.exists()
    assert not place.with_name(".restored.restoring").exists()


def test_an_upload_may_be_completed_on_what_is_restored(tmp_path: Path) -> None:
    """What was acknowledged of an upload, by its URL, holds there as well."""
    data_dir, log = tmp_path / "data", tmp_path / "log"
    with ServeProcess(data_dir, log=log) as server:
        chat = start_chat(remote(server), "Customer")
        started = chat.start_upload()
        assert chat.upload(started).status == 200
        assert run("backup", str(tmp_path / "copy"), "--data-dir", str(data_dir)).returncode == 0
    restored = tmp_path / "restored"
    assert run("restore", str(tmp_path / "copy"), "--data-dir", str(restored)).returncode == 0

    with ServeProcess(restored, log=log) as server:
        again = replace(chat, server=remote(server))
        assert again.complete(started.json["AttachmentId"]).status == 200
        assert again.download(started.json["AttachmentId"]).body == b"hello"


def test_every_file_of_a_back_up_is_compared(copy: Path) -> None:
    """One bit of any of them, the manifest's too, is enough to refuse the whole."""
    files = [it for it in sorted(copy.rglob("*")) if it.is_file()]
    assert len(files) == 5
    for path in files:
        for at in {0, path.stat().st_size // 2, path.stat().st_size - 1}:
            flip(path, at)
            refused(copy, "")
            flip(path, at)
    assert run("restore", str(copy), "--data-dir", str(copy.with_name("well"))).returncode == 0


def test_what_is_missing_or_more_is_refused(copy: Path) -> None:
    """A directory is the back-up that was made, or none."""
    (copy / "more").touch()
    refused(copy, "has 5 files, its manifest names 4")
    (copy / "more").unlink()
    (copy / "node-id").rename(copy.with_name("node-id"))
    refused(copy, "is missing or has another size")
    copy.with_name("node-id").rename(copy / "node-id")
    (copy / NAME).rename(copy / f".{NAME}.new")
    refused(copy, "is no back-up, or not a whole one")


def test_a_newer_schema_is_refused(copy: Path) -> None:
    """A release does not begin what it could not serve."""
    lines = list(read_lines(copy))
    head = read_head(copy)
    (copy / NAME).unlink()
    with ManifestWriter(copy, structs.replace(head, schema=head.schema + 1)) as manifest:
        for line in lines:
            manifest.add(line)
        manifest.finish()

    refused(copy, f"has schema version {head.schema + 1}, of release {head.release}")


def test_a_place_that_is_in_use_is_left_alone(copy: Path, data_dir: Path) -> None:
    """Neither a server's directory nor one with a stranger's files is written to."""
    before = sorted(data_dir.rglob("*"))

    outcome = run("restore", str(copy), "--data-dir", str(data_dir))

    assert outcome.returncode == 2
    assert "is not empty" in outcome.stderr
    assert sorted(data_dir.rglob("*")) == before


def test_an_empty_directory_is_taken(copy: Path) -> None:
    """As one that was made for it beforehand."""
    copy.with_name("restored").mkdir(mode=0o755)

    assert run("restore", str(copy), "--data-dir", str(copy.with_name("restored"))).returncode == 0

    assert stat.S_IMODE(copy.with_name("restored").stat().st_mode) == 0o700
    assert verified(copy.with_name("restored")).differences == []


def test_a_back_up_is_not_made_over_another(copy: Path, data_dir: Path) -> None:
    """What is there stays as it is, also where the target lies in what is to be backed up."""
    before = {it: it.stat().st_mtime_ns for it in copy.rglob("*")}

    outcome = run("backup", str(copy), "--data-dir", str(data_dir))

    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert "is there already" in outcome.stderr
    assert {it: it.stat().st_mtime_ns for it in copy.rglob("*")} == before
    inside = run("backup", str(data_dir / "copy"), "--data-dir", str(data_dir))
    assert inside.returncode == 2
    assert not (data_dir / "copy").exists()


def test_what_was_wrong_before_is_told_and_backed_up_as_it_is(data_dir: Path) -> None:
    """A damaged file is not given up with the others, and nobody takes it for well."""
    damaged, missing = objects_in(data_dir)
    flip(damaged)
    missing.unlink()

    outcome = run("backup", str(data_dir.with_name("copy")), "--data-dir", str(data_dir))

    assert outcome.returncode == 1
    assert {line.split(": ")[1] for line in outcome.stderr.splitlines()} == {"damaged", "missing"}
    lines = list(read_lines(data_dir.with_name("copy")))
    assert [it.reason for it in lines if isinstance(it, Absent)] == ["missing"]
    restored = data_dir.with_name("restored")
    assert (
        run("restore", str(data_dir.with_name("copy")), "--data-dir", str(restored)).returncode == 0
    )
    assert sorted(verified(restored).kinds) == ["damaged", "missing"]


def test_what_was_deleted_is_not_in_a_back_up(data_dir: Path) -> None:
    """Free pages of a database still hold what was said; the copy has none."""
    with closing(sqlite3.connect(data_dir / "openparticipant.sqlite3")) as database, database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("CREATE TABLE said (text TEXT)")
        database.executemany("INSERT INTO said VALUES (?)", [("a whisper " * 500,)] * 50)
        database.commit()
        database.execute("DROP TABLE said")
    assert b"a whisper" in (data_dir / "openparticipant.sqlite3").read_bytes()

    assert (
        run("backup", str(data_dir.with_name("copy")), "--data-dir", str(data_dir)).returncode == 0
    )

    copied = data_dir.with_name("copy") / "openparticipant.sqlite3"
    assert b"a whisper" not in copied.read_bytes()


def test_a_manifest_names_all_with_sizes(copy: Path) -> None:
    """So a back-up can be compared without this program, too."""
    files = {it.path: it.size for it in read_lines(copy) if isinstance(it, File)}

    assert files == {
        it.relative_to(copy).as_posix(): it.stat().st_size
        for it in copy.rglob("*")
        if it.is_file() and it.name != NAME
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--database", "postgresql://u:s3cr3t@127.0.0.1/x"), "pg_dump"),
        (("--objects", "s3://files"), "versions"),
    ],
)
def test_engines_have_means_of_their_own(tmp_path: Path, words: tuple[str, str], said: str) -> None:
    """One line names them, and nothing is made."""
    outcome = run("backup", str(tmp_path / "copy"), *words)

    assert outcome.returncode == 2
    assert said in outcome.stderr
    assert "s3cr3t" not in outcome.stderr
    assert not (tmp_path / "copy").exists()


def test_another_file_system_gets_copies(data_dir: Path, tmp_path: Path) -> None:
    """There a back-up has no name for the same bytes, and outlives them."""
    (tmp_path / "disk").mkdir()
    with small_disk(tmp_path / "disk", "size=4m") as disk:
        made = run("backup", str(disk / "copy"), "--data-dir", str(data_dir))
        assert (made.returncode, made.stderr) == (0, "")
        shutil.rmtree(data_dir)
        assert run("restore", str(disk / "copy"), "--data-dir", str(data_dir)).returncode == 0

    assert verified(data_dir).differences == []
    assert len(objects_in(data_dir)) == 2


def test_a_full_disk_leaves_no_back_up(data_dir: Path, tmp_path: Path) -> None:
    """Whether the rows no longer fit, or the objects: one line, status 2, and nothing there."""
    with ServeProcess(data_dir, log=tmp_path / "log") as server:
        start_chat(remote(server), "Customer").attach(content=bytes(1 << 20))
        assert server.terminate() == 0
    (tmp_path / "disk").mkdir()
    for size in ("100k", "900k"):
        with small_disk(tmp_path / "disk", f"size={size}") as disk:
            outcome = run("backup", str(disk / "copy"), "--data-dir", str(data_dir))

            assert outcome.returncode == 2
            assert outcome.stderr.count("\n") == 1
            assert "full" in outcome.stderr or "No space left" in outcome.stderr
            assert list(disk.iterdir()) == []


def test_a_full_disk_restores_nothing(copy: Path, tmp_path: Path) -> None:
    """The place stays as empty as it was."""
    (tmp_path / "disk").mkdir()
    with small_disk(tmp_path / "disk", "size=100k") as disk:
        outcome = run("restore", str(copy), "--data-dir", str(disk / "restored"))

        assert outcome.returncode == 2
        assert "No space left" in outcome.stderr
        assert list(disk.iterdir()) == []


def test_what_a_kill_leaves_is_no_back_up(data_dir: Path, tmp_path: Path) -> None:
    """However far it came: either it is whole, or restore takes nothing of it."""
    for number in range(5):
        target = tmp_path / f"copy-{number}"
        making = subprocess.Popen(
            [
                *(sys.executable, "-m", "openparticipant"),
                *("backup", str(target), "--data-dir", str(data_dir)),
            ],
            env=plain_environment(),
            stdout=subprocess.DEVNULL,
        )
        made = (
            target / ("openparticipant.sqlite3", "objects", "node-id", f".{NAME}.new")[number % 4]
        )
        assert eventually(lambda: made.exists() or making.poll() is not None)  # noqa: B023 - at once
        making.kill()
        making.wait()
        outcome = run("restore", str(target), "--data-dir", str(tmp_path / f"restored-{number}"))

        assert outcome.returncode == (0 if (target / NAME).exists() else 2)
        assert (tmp_path / f"restored-{number}").exists() == (target / NAME).exists()


def test_a_purge_meanwhile_is_told(data_dir: Path, tmp_path: Path) -> None:
    """An object that went after the rows were copied is named as absent, and nothing is amiss."""
    gone = objects_in(data_dir)[0]

    class Purging(SqliteReader):
        """Lets the object and its row go once the rows have been copied."""

        def copy(self, target: Path) -> None:
            super().copy(target)
            gone.unlink()
            execute(data_dir, f"DELETE FROM attachments WHERE final_key LIKE '%{gone.name}'")

    with closing(Purging(data_dir / layout.DATABASE)) as rows:
        maker = Maker(Source(data_dir, data_dir / "objects", rows), tmp_path / "copy")
        asyncio.run(maker.make(now=0))

    absent = [it for it in read_lines(tmp_path / "copy") if isinstance(it, Absent)]
    assert (maker.removed, maker.complaints) == (1, [])
    assert [it.reason for it in absent] == ["removed meanwhile"]
    assert absent[0].path.endswith(gone.name)

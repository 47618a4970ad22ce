"""Real processes that would share a database which only one of them can have."""

from __future__ import annotations

from pathlib import Path

from tests.serve_process import ServeProcess


def test_a_second_node_on_one_sqlite_file_ends(tmp_path: Path) -> None:
    """Each has a directory and a lock of its own, but the database is one."""
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "inner"
    database = ("--database", f"sqlite://{inner}/shared.sqlite3")
    log = tmp_path / "log"
    inner.mkdir(parents=True, mode=0o700)
    outer.chmod(0o700)
    with ServeProcess(outer, *database, log=log) as first:
        second = ServeProcess(inner, *database, log=tmp_path / "second")
        status = second.reap()
        line = (tmp_path / "second").read_text("utf-8").splitlines()[-1]
        first.kill()
        first.reap()
        # Its place is not free yet: only its own directory may take it over at once.
        third = ServeProcess(inner, *database, log=tmp_path / "third")
        assert third.reap() == 2
        with ServeProcess(outer, *database, log=log) as again:
            assert again.terminate() == 0
        with ServeProcess(inner, *database, log=log) as other:
            assert other.terminate() == 0

    assert status == 2
    assert line.startswith("openparticipant: another node (")
    assert f"process {first.popen.pid}" in line
    assert "already runs on this database with SQLite, file: objects, the local: bus" in line


def test_a_wrong_master_key_is_one_line(tmp_path: Path) -> None:
    """Before anything is made; the key is not repeated."""
    key = tmp_path / "key"
    key.write_text("c2VjcmV0\n")
    done = ServeProcess(tmp_path / "d", "--master-key-file", str(key), log=tmp_path / "log")

    assert done.reap() == 2
    assert (tmp_path / "log").read_text("utf-8") == (
        "openparticipant: --master-key-file: the value must be 32 bytes in base64, "
        "as openssl rand -base64 32 makes them\n"
    )
    assert not (tmp_path / "d").exists()


def test_a_node_keeps_its_id(tmp_path: Path) -> None:
    """It lies in the directory, for its user alone."""
    found = []
    for _ in range(2):
        with ServeProcess(tmp_path / "d", log=tmp_path / "log") as server:
            found.append((tmp_path / "d" / "node-id").read_text("ascii"))
            assert server.terminate() == 0

    assert found[0] == found[1]
    assert (tmp_path / "d" / "node-id").stat().st_mode & 0o777 == 0o600

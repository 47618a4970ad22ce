"""`serve --workers N`: processes that share a port, and the one that runs them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from openparticipant.system import SystemClock
from openparticipant.testing.chat import post, start_chat
from tests.cli.worlds import command
from tests.engines.cluster import Cluster, at, remote
from tests.eventually import eventually
from tests.serve_process import ServeProcess, remaining_output

WORKERS = 3


@pytest.fixture
def workers(shared: Cluster) -> Iterator[ServeProcess]:
    """Return a server of three processes."""
    with shared.serve("node", f"--workers={WORKERS}") as server:
        yield server


def processes(server: ServeProcess) -> dict[int, psutil.Process]:
    """Return the workers that run now, by number."""
    found = psutil.Process(server.popen.pid).children()
    return {int(process.cmdline()[3]): process for process in found}


def admin_url(server: ServeProcess, number: int) -> str:
    """Return the operator's origin of one worker."""
    return (server.data_dir / "workers" / str(number) / "admin").read_text("utf-8").strip()


def fetched(url: str) -> str:
    """Return what a GET answers."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def requests_of(server: ServeProcess, number: int) -> float:
    """Return how many requests a worker has answered."""
    lines = fetched(f"{admin_url(server, number)}/metrics").splitlines()
    return sum(
        float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith("openparticipant_requests_total{")
    )


def test_each_is_a_node_behind_one_port(shared: Cluster, workers: ServeProcess) -> None:
    """One ready line; a chat does not notice who answers; each has an id and a port of its own."""
    customer = start_chat(remote(workers), "Jane")
    agent = customer.join()
    with agent.listen() as listener:
        attachment = customer.attach(content=b"bytes")
        for number in range(60):
            assert customer.say(f"message {number}").status == 200
        heard = [listener.item()]
        while heard[-1].get("Content") != "message 59":
            heard.append(listener.item())
    assert agent.download(attachment).body == b"bytes"
    assert [it["Content"] for it in heard if it["Type"] == "MESSAGE"] == [
        f"message {number}" for number in range(60)
    ]
    numbers = range(1, WORKERS + 1)
    assert sum(requests_of(workers, number) for number in numbers) > 60
    assert len({admin_url(workers, number) for number in numbers}) == WORKERS
    assert workers.admin_url == admin_url(workers, 1)
    rows = shared.execute("SELECT id, pid FROM nodes")
    running = processes(workers)
    assert {row["pid"] for row in rows} == {process.pid for process in running.values()}
    assert {row["id"] for row in rows} == {
        (workers.data_dir / "workers" / str(number) / "node-id").read_text().strip()
        for number in numbers
    }

    assert workers.terminate() == 0
    assert shared.execute("SELECT id FROM nodes") == []
    lines = [json.loads(line) for line in workers.log.read_text("utf-8").splitlines()]
    assert {line.get("worker") for line in lines} == {None, 1, 2, 3}


def test_one_ready_line_and_nothing_secret_among_the_words(
    shared: Cluster, workers: ServeProcess
) -> None:
    """Other users of the machine see the words of every process."""
    words = [" ".join(process.cmdline()) for process in processes(workers).values()]
    workers.popen.send_signal(signal.SIGTERM)
    assert workers.popen.wait(60) == 0

    assert remaining_output(workers) == b""
    assert len(words) == WORKERS
    assert not any("postgres" in each or "--" in each for each in words)
    assert shared.database not in "".join(words)


def test_a_worker_that_dies_is_started_again(shared: Cluster, workers: ServeProcess) -> None:
    """The others serve meanwhile; its place, its port and its id stay its own."""
    before = processes(workers)
    address, customer = admin_url(workers, 2), start_chat(remote(workers), "Jane")
    before[2].kill()
    for number in range(20):
        assert customer.say(f"message {number}").status == 200

    assert eventually(lambda: processes(workers).get(2, before[2]).pid != before[2].pid)
    assert eventually(lambda: "openparticipant_" in fetched(f"{address}/metrics"))
    assert processes(workers)[1].pid == before[1].pid
    assert eventually(lambda: len(shared.execute("SELECT id FROM nodes")) == WORKERS)
    assert "worker 2 ended with status -9; the next one starts in 1 s" in workers.log.read_text()
    assert workers.terminate() == 0


def test_who_runs_them_takes_them_along(shared: Cluster) -> None:
    """After a `kill -9` nothing is left, and the next start has the directories at once."""
    with shared.serve("node", "--workers=2") as server:
        running = [*processes(server).values()]
        server.kill()
        server.reap()
        with shared.serve("node", "--workers=2") as again:
            assert again.terminate() == 0
    assert psutil.wait_procs(running, 10)[1] == []


def test_an_interrupt_at_the_terminal_reaches_each_once(shared: Cluster) -> None:
    """It goes to all processes of the terminal's group, but a second one would end at once."""
    own_group = "import os, sys; os.setsid(); os.execv(sys.argv[1], sys.argv[1:])"
    with ServeProcess(
        shared.place / "node",
        *shared.words,
        "--workers=2",
        log=shared.place / "node.log",
        environment=shared.environment,
        prefix=(sys.executable, "-c", own_group),
    ) as server:
        os.killpg(server.popen.pid, signal.SIGINT)
        assert server.popen.wait(60) == 0


def test_a_second_signal_ends_all_at_once(workers: ServeProcess) -> None:
    """Whoever signals twice does not wait for a drain; the status tells the second one."""
    with socket.create_connection(("127.0.0.1", int(workers.url.rpartition(":")[2]))) as client:
        client.sendall(
            b"POST /participant/message HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"
        )
        assert eventually(lambda: client_count(workers) == 1)
        workers.popen.send_signal(signal.SIGTERM)
        assert eventually(lambda: "draining" in workers.log.read_text("utf-8"))
        workers.popen.send_signal(signal.SIGINT)
        assert workers.popen.wait(30) == 128 + signal.SIGINT


def client_count(server: ServeProcess) -> int:
    """Return how many connections its workers have at the public port."""
    port = int(server.url.rpartition(":")[2])
    return sum(
        connection.laddr.port == port
        for process in processes(server).values()
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_ESTABLISHED
    )


def test_what_cannot_start_ends_with_one_line(shared: Cluster) -> None:
    """Said by the first worker alone; the others are not even tried."""
    wrong = shared.refusal("node", "--workers=3", "--bus=nats://127.0.0.1:1")

    assert wrong.endswith("--bus: 127.0.0.1:1: connection refused")
    assert shared.execute("SELECT count(*) AS nodes FROM nodes")[0]["nodes"] == 0


def test_a_later_worker_that_cannot_start_ends_all(shared: Cluster) -> None:
    """Before the ready line; whoever asked for three does not get two."""
    third = shared.place / "node" / "workers" / "3"
    third.mkdir(parents=True)
    (shared.place / "node").chmod(0o700)
    third.parent.chmod(0o700)
    (third / "lock").mkdir()

    assert "cannot use" in shared.refusal("node", "--workers=3")
    assert shared.execute("SELECT id FROM nodes") == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--database=postgresql://x/y", "--objects=s3://bucket"],
        ["--database=postgresql://x/y", "--bus=nats://127.0.0.1"],
        ["--objects=s3://bucket", "--bus=nats://127.0.0.1"],
    ],
)
def test_processes_need_what_they_can_share(tmp_path: Path, words: list[str]) -> None:
    """One line before anything is made."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openparticipant", "serve", "--workers=2"),
            *(f"--data-dir={tmp_path / 'd'}", *words),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "openparticipant: --workers above 1 needs --database postgresql://, --objects s3:// and "
        "--bus nats://, since processes share nothing else\n"
    )
    assert not (tmp_path / "d").exists()


def test_they_share_the_socket_of_a_supervisor(shared: Cluster) -> None:
    """As systemd hands it over; who connects while all of them restart is served by the next."""
    with socket.create_server(("127.0.0.1", 0)) as kept:
        port = kept.getsockname()[1]
        with shared.supervised("node", kept, "--workers=2") as first:
            assert first.url == f"http://127.0.0.1:{port}"
            customer = start_chat(remote(first), "Jane")
            assert first.terminate() == 0
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(b"GET /health/live HTTP/1.0\r\n\r\n")
            with shared.supervised("node", kept, "--workers=2") as second:
                assert waiting.recv(100).startswith(b"HTTP/1.1 200")
                assert at(remote(second), customer).say("still here").status == 200
                assert second.terminate() == 0


def test_any_of_them_may_know_why(workers: ServeProcess) -> None:
    """Each remembers what it refused; the operator asks once, whichever it was."""
    refused = [post(remote(workers), "/participant/transcript", {}) for _ in range(20)]
    assert len({process for process in processes(workers) if requests_of(workers, process)}) > 1
    for each in refused:
        request_id = each.headers["x-amzn-requestid"]
        where = ("--data-dir", str(workers.data_dir), "--json")
        told = command("why", request_id, *where, at=SystemClock().now())
        assert (told.status, told.err) == (0, "")
        assert told.json["RequestId"] == request_id

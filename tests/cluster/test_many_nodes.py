"""Nodes on one PostgreSQL, one bucket and one NATS: equal, and none beside one that is not."""

from __future__ import annotations

import base64
import json
import re
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from openparticipant.limits import CLOCK_TOLERANCE, WEBSOCKETS_PER_PARTICIPANT
from openparticipant.sigv4 import Credentials
from openparticipant.system import SystemClock
from openparticipant.testing.chat import control, request, start_chat
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server
from openparticipant.transport.start import StartError
from tests.cli.worlds import command
from tests.engines.cluster import MASTER_KEY, Cluster, at, remote, two_nodes
from tests.eventually import eventually
from tests.serve_process import ServeProcess


def test_any_node_answers_for_all(shared: Cluster) -> None:
    """A chat goes from node to node with each call: tokens, repeats, quotas, files, the end."""
    with shared.serve("one") as first, shared.serve("other") as second:
        one, other = remote(first), remote(second)
        assert one.node.control_key == other.node.control_key
        repeats = [
            control(
                node,
                "PUT",
                "/contact/chat",
                {
                    "InstanceId": "instance",
                    "ContactFlowId": "flow",
                    "ParticipantDetails": {"DisplayName": "Jane"},
                    "ClientToken": "once",
                },
            ).json["ContactId"]
            for node in (one, other, one)
        ]
        assert len(set(repeats)) == 1
        customer = start_chat(one, "Jane")
        agent = at(other, customer.join())
        there = at(other, customer)
        said = [each.say("hello", ClientToken="once").json["Id"] for each in (customer, there)]
        assert said[0] == said[1]
        with agent.listen() as listener:
            attachment = customer.attach(content=b"bytes")
            heard = listener.item()
            while heard["Type"] != "ATTACHMENT":
                heard = listener.item()
            assert heard["Attachments"][0]["AttachmentId"] == attachment
            assert agent.download(attachment).body == b"bytes"
            started = there.start_upload("b.txt", ClientToken="b").json
            assert (
                customer.start_upload("b.txt", ClientToken="b").json["AttachmentId"]
                == (started["AttachmentId"])
            )
            assert there.upload(customer.start_upload("b.txt", ClientToken="b")).status == 200
            done = [
                each.complete(started["AttachmentId"], "c").status for each in (customer, there)
            ]
            assert done == [200, 200]
            assert customer.stop().status == 200
            assert listener.end()[0] == 1000
        assert [each.say().status for each in (customer, there, agent)] == [403] * 3
        assert first.terminate() == 0
        assert [row["host"] != "" for row in shared.execute("SELECT host FROM nodes")] == [True]
        assert second.terminate() == 0
    assert shared.execute("SELECT id FROM nodes") == []


def test_sockets_are_counted_on_each_node(shared: Cluster) -> None:
    """Five are one participant's on one node; another node has five places more."""
    with two_nodes(shared) as (one, other), ExitStack() as open_sockets:
        customer = one.start_chat()
        for _ in range(WEBSOCKETS_PER_PARTICIPANT):
            open_sockets.enter_context(customer.listen())
        with pytest.raises(InvalidStatus):
            customer.listen()
        open_sockets.enter_context(at(other, customer).listen())


@pytest.mark.parametrize(
    ("words", "named"),
    [(["--bus=local:"], "the local: bus"), (["--objects=file:///{place}/files"], "file: objects")],
)
def test_one_that_is_alone_is_refused(shared: Cluster, words: list[str], named: str) -> None:
    """Whichever of the two came first; afterwards the other may have the database."""
    words = [word.format(place=shared.place) for word in words]
    with shared.serve("many") as many:
        line = shared.refusal("alone", *words)
        assert f"process {many.popen.pid}," in line
        assert f"and this one would with {named};" in line
        assert many.terminate() == 0
    with shared.serve("alone", *words) as alone:
        line = shared.refusal("many")
        assert f"already runs on this database with {named};" in line
        alone.kill()
        alone.reap()
        # Whoever holds its directory has its place at once.
        with shared.serve("alone", *words) as again:
            assert again.terminate() == 0


def test_a_node_that_was_thought_dead_gives_way(shared: Cluster) -> None:
    """It drains and ends with status 2 once another one has its database for itself."""
    with shared.serve("frozen") as frozen:
        shared.execute("UPDATE nodes SET seen_at = 0")
        with shared.serve("next", "--bus=local:") as following:
            assert frozen.popen.wait(30) == 2
            line = frozen.log.read_text("utf-8").splitlines()[-1]
            assert line.startswith("openparticipant: another node (")
            assert f"process {following.popen.pid}," in line
            assert following.terminate() == 0


def test_master_keys(shared: Cluster) -> None:
    """None, a wrong one and another one than the first end the start with one line, without it."""
    other = base64.b64encode(bytes(32)).decode()
    with shared.serve("first") as first:
        stored = shared.execute("SELECT secret_access_key FROM access_keys")
        secret = remote(first).node.control_key.secret_access_key
        assert first.terminate() == 0
    assert len(stored) == 2
    assert not any(secret in row["secret_access_key"] for row in stored)
    del shared.settings["master-key-file"]
    none = shared.refusal("none")
    wrong = shared.refusal("wrong", OPENPARTICIPANT_MASTER_KEY=other)
    assert "needs a master key" in none
    assert "openssl rand -base64 32" in none
    assert wrong.endswith("sealed with another master key than the one given")
    with shared.serve("second", OPENPARTICIPANT_MASTER_KEY=MASTER_KEY) as second:
        assert remote(second).node.control_key.secret_access_key == secret
        assert second.terminate() == 0
    for log in shared.place.glob("*.log"):
        text = log.read_text("utf-8")
        assert not any(it in text for it in (MASTER_KEY, other, secret))
    assert shared.execute("SELECT id FROM nodes") == []


@pytest.mark.parametrize("off", [-CLOCK_TOLERANCE - 5_000, CLOCK_TOLERANCE + 5_000])
def test_a_clock_that_is_wrong_is_refused(shared: Cluster, off: int) -> None:
    """More than thirty seconds off the database's, to either side."""
    with pytest.raises(StartError) as refused:
        shared.node(SettableClock(SystemClock().now() + off)).start()

    side = "ahead of" if off > 0 else "behind"
    assert re.fullmatch(
        rf"clock: 3\d s {side} the database's; set it first, by NTP for instance",
        str(refused.value),
    )
    assert shared.execute("SELECT id FROM nodes") == []


def test_a_clock_that_goes_wrong_is_told(shared: Cluster) -> None:
    """A node that runs goes on, and readiness says by how much the two disagree."""
    clock = SettableClock(SystemClock().now())
    with shared.node(clock) as node:
        chat = node.start_chat()
        clock.advance(60_000)

        def readiness() -> dict[str, Any]:
            answer = request("GET", f"{node.url}/health/ready")
            assert answer.status == 200
            return dict(answer.json)

        assert eventually(lambda: readiness()["status"] == "degraded")
        assert re.fullmatch(r"clock: (59|60) s ahead of the database's", *readiness()["reasons"])
        assert chat.say().status == 200


def test_nodes_that_start_together_agree(shared: Cluster, tmp_path: Path) -> None:
    """On an empty database: one schema, one name, one pair of keys for each purpose."""
    nodes = [shared.serve(f"node-{number}") for number in range(3)]
    try:
        keys = {remote(node.ready()).node.control_key.access_key_id for node in nodes}
        assert len(keys) == 1
        assert len(shared.execute("SELECT id FROM identity")) == 1
        assert len(shared.execute("SELECT purpose FROM access_keys")) == 2
        assert len(shared.execute("SELECT id FROM nodes")) == 3
    finally:
        for node in nodes:
            node.end()
    assert len({(tmp_path / f"node-{number}" / "node-id").read_text() for number in range(3)}) == 3


def test_a_key_pair_is_exchanged_at_one_node(shared: Cluster) -> None:
    """It is good at any other node with the first call there; the old one is refused soon."""
    with shared.serve("one") as first, shared.serve("other") as second:
        one, other = remote(first), remote(second)
        path = f"/contacts/instance/{start_chat(one, 'Jane').contact_id}"

        def is_refused(node: Server, key: Credentials) -> bool:
            return control(node, "GET", path, key=key).status == 403

        old = one.node.control_key
        for _ in range(3):
            (made,) = operator(first, "keys", "add", "control")
            new = Credentials(made["AccessKey"]["Id"], made["SecretAccessKey"])
            assert control(other, "GET", path, key=new).status == 200
            operator(second, "keys", "retire", old.access_key_id)
            assert is_refused(other, old)
            assert eventually(partial(is_refused, one, old))
            credentials = (first.data_dir / "aws/credentials").read_text()
            assert new.secret_access_key in credentials
            old = new


def test_rules_for_files_are_decided_at_one_node(shared: Cluster) -> None:
    """They hold there at once and on the other one within seconds."""
    path = "/attached-files-configurations/decided/CHAT"
    with shared.serve("one") as first, shared.serve("other") as second:
        one, other = remote(first), remote(second)

        def largest(node: Server) -> int:
            found = control(node, "GET", path).json["AttachedFilesConfiguration"]
            return int(found["MaximumSizeLimitInBytes"])

        assert largest(other) == 20 * 1024 * 1024
        control(one, "POST", path, {"MaximumSizeLimitInBytes": 5})
        assert largest(one) == 5
        assert eventually(lambda: largest(other) == 5)


def test_a_pair_is_never_stored_in_the_open(shared: Cluster) -> None:
    """Who makes one without a server needs the master key of the database, and no other."""
    with shared.serve("one") as first:
        directory = first.data_dir
    words = ("keys", "add", "objects", "--data-dir", str(directory))
    elsewhere = {"OPENPARTICIPANT_DATABASE": shared.database}
    for key, complaint in (
        ({}, "needs a master key"),
        (
            {"OPENPARTICIPANT_MASTER_KEY": base64.b64encode(bytes(32)).decode()},
            "another master key",
        ),
    ):
        outcome = command(*words, environ=elsewhere | key)
        assert outcome.status == 1
        assert complaint in outcome.err
        assert outcome.err.count("\n") == 1
    outcome = command(*words, environ=elsewhere | {"OPENPARTICIPANT_MASTER_KEY": MASTER_KEY})
    assert (outcome.status, outcome.err) == (0, "")
    with shared.serve("one") as first:
        assert start_chat(remote(first), "Jane").say("hello").status == 200


def operator(node: ServeProcess, *words: str) -> list[Any]:
    """Run an operator's command at a node; return the objects that it printed."""
    at = SystemClock().now()
    outcome = command(*words, "--json", "--data-dir", str(node.data_dir), at=at)
    assert (outcome.status, outcome.err) == (0, "")
    return [json.loads(line) for line in outcome.out.splitlines()]

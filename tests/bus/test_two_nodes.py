"""A chat whose participants are on different nodes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from openparticipant.testing.listener import Listener
from tests.engines.cluster import Cluster, at, two_nodes
from tests.engines.nats import NatsServer
from tests.eventually import eventually

_TYPING = "application/vnd.amazonaws.connect.event.typing"


def until_said(listener: Listener, content: str) -> list[dict[str, Any]]:
    """Return what a listener is told until somebody says this."""
    items = [listener.item()]
    while items[-1].get("Content") != content:
        items.append(listener.item())
    return items


def test_everyone_hears_everyone(shared: Cluster) -> None:
    """Messages, typing, receipts and the end reach listeners of either node, in one order."""
    with two_nodes(shared) as (one, other):
        customer = one.start_chat("Jane")
        agent = at(other, customer.join())
        with customer.listen() as near, agent.listen() as far:
            for number in range(20):
                assert (customer, agent)[number % 2].say(f"message {number}").status == 200
            assert agent.say("last").status == 200
            heard = [
                [item["Id"] for item in until_said(listener, "last") if item["Type"] == "MESSAGE"]
                for listener in (near, far)
            ]
            assert heard[0] == heard[1]
            assert len(heard[0]) == 21

            assert agent.tell("typing").status == 200
            assert near.item()["ContentType"] == _TYPING
            assert customer.tell("message.read", heard[0][1]).status == 200
            assert far.item()["MessageMetadata"]["MessageId"] == heard[0][1]
            customer.stop()
            assert far.end()[0] == 1000


def test_a_nats_that_is_away_costs_a_second(shared: Cluster, tmp_path: Path) -> None:
    """Everything comes once, with the next look at the store; afterwards NATS is used again."""
    with (
        NatsServer(tmp_path) as nats,
        two_nodes(shared, bus=nats.url) as (one, other),
    ):
        customer = one.start_chat("Jane")
        agent = at(other, customer.join())
        with customer.listen() as near, agent.listen() as far:
            until = agent.say("before")
            assert until.status == 200
            until_said(near, "before")
            until_said(far, "before")
            nats.kill()
            for number in range(10):
                assert agent.say(f"message {number}").status == 200
            began = time.monotonic()
            heard = [item["Content"] for item in until_said(near, "message 9")]

            assert heard == [f"message {number}" for number in range(10)]
            assert time.monotonic() - began < 5  # a second, and a busy machine

            nats.start()
            buses: list[Any] = [node.node.ports.bus for node in (one, other)]
            assert eventually(lambda: all(bus.trouble is None for bus in buses))
            assert agent.tell("typing").status == 200
            assert near.item()["ContentType"] == _TYPING
            assert agent.say("after").status == 200
            assert [item["Content"] for item in until_said(near, "after")] == ["after"]

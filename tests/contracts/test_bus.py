"""Both buses, held to what the port promises."""

from __future__ import annotations

import asyncio

import pytest

from openparticipant.bus.local import LocalBus
from openparticipant.testing.bus_contract import RULES, Nodes, Rule
from tests.bus.nodes import buses, settle

each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.__name__ for rule in RULES])


@each_rule
async def test_within_a_node(rule: Rule) -> None:
    """The bus of a node that is alone keeps the rule."""
    bus = LocalBus()
    await rule(Nodes(bus, bus, lambda: asyncio.sleep(0)))


@each_rule
async def test_nats(rule: Rule, nats: str) -> None:
    """Two nodes with a real NATS between them keep the rule."""
    async with buses(nats) as (here, there):
        await rule(Nodes(here, there, lambda: settle(here, there)))


@each_rule
async def test_nats_within_a_node(rule: Rule, nats: str) -> None:
    """A node that has a NATS and is alone with it keeps the rule."""
    async with buses(nats, 1) as (bus,):
        await rule(Nodes(bus, bus, lambda: settle(bus)))

"""Every call of a port is timed, as what it is."""

from __future__ import annotations

import inspect
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from openparticipant.bootstrap import watched
from openparticipant.ports import ContactStore, ObjectStore
from openparticipant.testing.chat import request
from openparticipant.testing.server import Server
from openparticipant.transport.tallies import Counts, Histograms

BOUNDS = (0.001, 0.5, 1, 30)


@pytest.mark.parametrize(
    ("port", "calls"), [(ContactStore, watched.STORE), (ObjectStore, watched.OBJECTS)]
)
def test_no_call_is_left_out(port: type, calls: dict[str, str]) -> None:
    """A new method of a port gets its stage before it can be forgotten."""
    methods = {name for name, _ in inspect.getmembers(port, inspect.iscoroutinefunction)}

    assert methods == calls.keys()


def test_a_request_is_seen_in_its_stages() -> None:
    """One attachment passes each of them, and nothing is counted twice."""
    with Server(log=io.BytesIO()) as server:
        chat = server.start_chat()
        before = _counts(server)
        chat.attach()
        after = _counts(server)

    passed = {stage: after[stage] - before[stage] for stage in after}
    assert passed["authenticate"] == 2
    assert passed["encode"] == 2
    assert passed["publish"] == 1
    assert passed["object invite"] == passed["object keep"] == 1
    assert passed["object look"] == 1
    assert passed["store read"] >= 1
    assert passed["store write"] >= 3


def _counts(server: Server) -> dict[str, float]:
    text = request("GET", f"{server.admin_url}/metrics").body.decode()
    return {
        sample.labels["stage"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "openparticipant_stage_seconds_count"
    }


@given(st.lists(st.floats(0, 100)))
def test_ours_and_prometheus_histograms_agree(amounts: list[float]) -> None:
    """Whoever reads them cannot tell the difference."""
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    mine = Histograms("h", "help", "label", BOUNDS)
    ours.register(mine)
    histogram = Histogram("h", "help", ("label",), buckets=BOUNDS, registry=theirs)
    for amount in (1.0, *amounts):
        mine.count("a", amount)
        histogram.labels("a").observe(amount)

    assert generate_latest(ours).splitlines() == [
        line for line in generate_latest(theirs).splitlines() if b"_created" not in line
    ]


def test_counts_are_told_by_both_labels() -> None:
    """As `openparticipant_requests_total` is."""
    registry = CollectorRegistry()
    counts = Counts("c", "help", ("one", "other"))
    registry.register(counts)
    for status in (200, 200, 403):
        counts.count("a", status)

    assert registry.get_sample_value("c_total", {"one": "a", "other": "200"}) == 2
    assert registry.get_sample_value("c_total", {"one": "a", "other": "403"}) == 1

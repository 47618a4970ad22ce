"""What a collector gets to see: what belongs together, on either node, and nothing secret."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openparticipant import trace_context
from openparticipant.settings import SettingsError, load
from openparticipant.testing.chat import Chat, request
from openparticipant.testing.server import Server
from openparticipant.transport.start import StartError
from tests.engines.cluster import Cluster, at, two_nodes
from tests.tracing.collector import Collector, collecting

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
RECORDED = f"00-{TRACE}-{PARENT}-01"
NOT_RECORDED = f"00-{TRACE}-{PARENT}-00"


def attach(chat: Chat, traceparent: str) -> str:
    """Start, upload and complete under one `traceparent`; return the secret query of the PUT."""
    started = chat.call(
        "start-attachment-upload",
        {"AttachmentName": "a.txt", "AttachmentSizeInBytes": 5, "ContentType": "text/plain"},
        traceparent=traceparent,
    )
    assert started.status == 200, started.body
    place = started.json["UploadMetadata"]
    headers = {**place["HeadersToInclude"], "traceparent": traceparent}
    assert request("PUT", place["Url"], b"hello", headers).status == 200
    completed = chat.call(
        "complete-attachment-upload",
        {"AttachmentIds": [started.json["AttachmentId"]]},
        traceparent=traceparent,
    )
    assert completed.status == 200, completed.body
    query: str = place["Url"].partition("?")[2]
    return query


def of(collector: Collector, trace: str = TRACE) -> list[Any]:
    """Return the spans of a trace."""
    return [span for span in collector.spans if span.trace_id.hex() == trace]


def attributes(span: Any) -> dict[str, Any]:
    """Return the attributes of a span as Python has them."""
    return {it.key: it.value.string_value or it.value.int_value for it in span.attributes}


def test_one_trace_from_start_to_delivery(shared: Cluster) -> None:
    """A client that sends one `traceparent` sees all of it, also what happened on another node."""
    with collecting() as collector:
        with two_nodes(shared, trace_to=collector.origin) as (one, other):
            customer = one.start_chat("Jane")
            agent = at(other, customer.join())
            with agent.listen() as far:
                query = attach(customer, RECORDED)
                while far.item()["Type"] != "ATTACHMENT":
                    pass
        spans = of(collector)

    names = Counter(span.name for span in spans)
    requests = {"StartAttachmentUpload", "CompleteAttachmentUpload"}  # the bytes pass us by
    assert {span.name for span in spans if span.parent_span_id.hex() == PARENT} == requests
    assert names["store write: propose"] == names["object invite: invite"] == 1
    assert names["store write: claim"] == names["object keep: keep"] == 1

    by_id = {span.span_id: span for span in spans}
    (delivery,) = [span for span in spans if span.name == "deliver"]
    chain = [delivery]
    while chain[-1].parent_span_id in by_id:
        chain.append(by_id[chain[-1].parent_span_id])
    assert [span.name for span in chain] == ["deliver", "publish", "CompleteAttachmentUpload"]
    assert attributes(delivery)["openparticipant.contact_id"] == customer.contact_id

    seen = b"".join(collector.raw)
    assert customer.contact_id.encode() in seen
    for secret in (customer.connection_token, customer.participant_token, query, query[-64:]):
        assert secret.encode() not in seen


def test_an_upload_is_in_the_trace_where_it_passes_us() -> None:
    """The built-in store takes the bytes itself."""
    with collecting() as collector:
        with Server(log=io.BytesIO(), trace_to=collector.origin) as server:
            attach(server.start_chat(), RECORDED)
        spans = of(collector)

    (upload,) = [span for span in spans if span.name == "object PUT"]
    assert upload.parent_span_id.hex() == PARENT


def test_without_a_traceparent_each_call_is_a_trace() -> None:
    """Also with one that is none: nothing of it is taken over."""
    with collecting() as collector:
        log = io.BytesIO()
        with Server(log=log, trace_to=collector.origin) as server:
            chat = server.start_chat()
            wrong = [{}, {"traceparent": "x"}, {"traceparent": RECORDED.upper()}]
            answers = [chat.call("transcript", {}, **headers) for headers in wrong]
        spans = [span for span in collector.spans if span.name == "GetTranscript"]
        lines = [json.loads(line) for line in log.getvalue().splitlines()]

    assert len({span.trace_id for span in spans}) == 3
    assert {span.parent_span_id for span in spans} == {b""}
    ids = {answer.headers["x-amzn-requestid"]: answer for answer in answers}
    assert {attributes(span)["openparticipant.request_id"] for span in spans} == ids.keys()
    assert {attributes(span)["http.response.status_code"] for span in spans} == {200}
    logged = {line["request_id"]: line["trace_id"] for line in lines if line["event"] == "request"}
    for span in spans:
        assert logged[attributes(span)["openparticipant.request_id"]] == span.trace_id.hex()


@pytest.mark.parametrize(
    ("ratio", "traceparent", "recorded"),
    [("1", NOT_RECORDED, 0), ("0", RECORDED, 1), ("0", "", 0), ("1", "", 1)],
)
def test_the_client_decides_and_else_the_ratio(ratio: str, traceparent: str, recorded: int) -> None:
    """A trace is recorded whole or not at all."""
    with collecting() as collector:
        with Server(log=io.BytesIO(), trace_to=collector.origin, trace_ratio=ratio) as server:
            chat = server.start_chat()
            headers = {"traceparent": traceparent} if traceparent else {}
            assert chat.call("transcript", {}, **headers).status == 200
        names = [span.name for span in collector.spans]

    assert names.count("GetTranscript") == recorded
    assert names.count("store read: page") == recorded


def test_a_refusal_is_no_fault_of_ours() -> None:
    """Only answers of 500 and above are errors; why a token was refused is told to the log only."""
    with collecting() as collector:
        with Server(log=io.BytesIO(), trace_to=collector.origin) as server:
            chat = server.start_chat()
            assert chat.call("message", {}).status == 400
            assert chat.call("message", {}, **{"x-amz-bearer": "nobody"}).status == 403
        spans = [span for span in collector.spans if span.name == "SendMessage"]

    assert [attributes(span)["http.response.status_code"] for span in spans] == [400, 403]
    assert {span.status.code for span in spans} == {0}


@pytest.mark.parametrize("kind", ["away", "silent"])
def test_a_collector_that_fails_holds_nobody_up(kind: str) -> None:
    """Calls are answered, and the end of the server does not wait for it."""
    with collecting() as collector, socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        collector.let_go.clear()
        away = f"http://127.0.0.1:{unused.getsockname()[1]}"
        server = Server(log=io.BytesIO(), trace_to=away if kind == "away" else collector.origin)
        with server:
            chat = server.start_chat()
            for _ in range(600):  # more than go into one export
                assert chat.call("transcript").status == 200
            began = time.monotonic()

        assert time.monotonic() - began < 8
        assert collector.raw == []
    for thread in threading.enumerate():
        if thread.name == "traces":  # which complains when it gives up, into some other test
            thread.join(60)


def test_nothing_is_loaded_without_it(tmp_path: Path) -> None:
    """What a server does not use costs it neither time at the start nor memory."""
    script = (
        "import io, sys; from openparticipant.testing.server import Server\n"
        "with Server(log=io.BytesIO()) as server: server.start_chat().say()\n"
        "print([it for it in sys.modules if it.startswith(('opentelemetry', 'requests'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, timeout=60, cwd=tmp_path
    )

    assert done.stdout == b"[]\n"


def test_the_extra_is_named_where_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that says what to install."""
    monkeypatch.setitem(sys.modules, "openparticipant.tracing.otel", None)
    server = Server(log=io.BytesIO(), trace_to="http://127.0.0.1:4318")

    with pytest.raises(StartError, match=r'needs the extra "otel": pip install'):
        server.start()


@pytest.mark.parametrize(
    ("name", "value"),
    [("trace-to", "127.0.0.1:4318"), ("trace-to", "http://u:p@h"), ("trace-ratio", "2")],
)
def test_wrong_settings(name: str, value: str) -> None:
    """One line, as for any other setting."""
    with pytest.raises(SettingsError, match=f"--{name}: "):
        load({name: [value]}, {}, None)


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        RECORDED[:-1],
        f"{RECORDED}-00",
        RECORDED.upper(),
        f"ff{RECORDED[2:]}",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        RECORDED.replace("-", "_"),
        f"{RECORDED}\n",
    ],
)
def test_what_is_no_traceparent(traceparent: str) -> None:
    """As W3C's Trace Context has it."""
    assert not trace_context.is_valid(traceparent)


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.integers(0, 255))
def test_what_is_a_traceparent(trace: int, span: int, flags: int) -> None:
    """Any ids but 0."""
    assert trace_context.is_valid(f"00-{trace:032x}-{span:016x}-{flags:02x}")

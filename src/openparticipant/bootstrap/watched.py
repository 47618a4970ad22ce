"""The ports as operations get them: each call timed, made again after an outage, told if traced.

What the back ends offer beside the named calls passes through as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any, TypeVar, cast

from openparticipant.domain.attachment import Attachment
from openparticipant.domain.contents import ContentFault
from openparticipant.domain.review import Verdict
from openparticipant.domain.transcript import Notice
from openparticipant.errors import Unavailable
from openparticipant.ports import (
    Bus,
    CompletedFile,
    ContactStore,
    DueAttachment,
    Engine,
    Inspector,
    ObjectStore,
    Scanner,
    Scanning,
)
from openparticipant.ports.tracer import Tracer
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.patience import Patience
from openparticipant.wire import restjson
from openparticipant.wire.shapes import Shape

Port = TypeVar("Port")
Call = Callable[..., Any]

AUTHENTICATE, READ, WRITE = "authenticate", "store read", "store write"
STORE: Mapping[str, str] = {
    **dict.fromkeys(("caller", "holder", "listener"), AUTHENTICATE),
    **dict.fromkeys(
        (
            *("contact", "find_contact", "list_contacts", "attachment", "staged", "kept"),
            *("find_attachment", "audit", "is_marked_for_purge", "pending_uploads"),
            *("items", "place", "page", "heads", "next_deadline", "scan_backlog"),
            *("file_configurations", "was_connected"),
        ),
        READ,
    ),
    **dict.fromkeys(
        (
            *("start_contact", "create_participant", "stop_contact", "connect", "join"),
            *("disconnect", "send", "acknowledge", "propose", "claim", "approve", "release"),
            *("due_attachments", "settle", "expire_leases", "end_expired_contacts"),
            *("hand_over", "due_scans", "postpone", "conclude", "clear", "offered"),
            *("configure_files", "mark_for_purge", "mark_old_for_purge", "due_purges", "purge"),
            *("count_instances", "remove_old_attachments"),
        ),
        WRITE,
    ),
}
"""The stage of each call of a store."""
ONCE = frozenset({"offered"})
"""Calls that are not made again after an outage: whoever makes them goes on without."""
OBJECTS: Mapping[str, str] = {
    name: f"object {name}" for name in ("invite", "offer", "look", "keep", "discard")
}
"""The stage of each call of an object store."""


class Watched:
    """Stands before a port: `calls` answer in its place, all else passes through."""

    def __init__(self, inner: object, calls: Mapping[str, Call]) -> None:
        self._inner = inner
        # Found before anything of the class: one look-up a call, as without us.
        vars(self).update(calls)

    def __getattr__(self, name: str) -> Any:
        """Return what passes through."""
        return getattr(self._inner, name)


def store(
    inner: ContactStore,
    metrics: Metrics,
    tracer: Tracer | None,
    patience: Patience,
    database: Engine,
) -> ContactStore:
    """Return a store whose calls are watched, and what it forgets counted."""

    async def settle(due: DueAttachment, *, now: int) -> bool:
        forgotten = await inner.settle(due, now=now)
        if forgotten:
            metrics.abandoned(due.attachment.size)
        return forgotten

    counted = Watched(inner, {"settle": settle})
    return cast(ContactStore, _watched(counted, STORE, metrics, tracer, patience, database))


def objects(
    inner: ObjectStore, metrics: Metrics, tracer: Tracer | None, patience: Patience
) -> ObjectStore:
    """Return an object store whose calls are watched."""
    return cast(ObjectStore, _watched(inner, OBJECTS, metrics, tracer, patience, inner))


def bus(inner: Bus, metrics: Metrics, tracer: Tracer | None) -> Bus:
    """Return a bus whose publishing is watched; listeners of this node are told within it."""
    count = metrics.stage("publish")

    def publish(notice: Notice) -> None:
        began = perf_counter()
        inner.publish(notice)
        count(perf_counter() - began)

    def told(notice: Notice) -> None:
        assert tracer is not None
        with tracer.step("publish", {"contact_id": notice.contact_id}):
            publish(notice)

    return cast(Bus, Watched(inner, {"publish": told if tracer else publish}))


def scanning(inner: Scanning, metrics: Metrics) -> Scanning:
    """Return the scanners, each of their scans counted and timed."""
    return replace(inner, scanners=[_scanner(it, metrics) for it in inner.scanners])


def inspector(inner: Inspector, metrics: Metrics) -> Inspector:
    """Return the inspector, what it finds counted and its work timed."""
    count = metrics.stage("look into a file")

    async def fault(attachment: Attachment, key: str) -> ContentFault | None:
        began = perf_counter()
        try:
            found = await inner.fault(attachment, key)
        finally:
            count(perf_counter() - began)
        if found is not None:
            metrics.content_fault(found.kind)
        return found

    return cast(Inspector, Watched(inner, {"fault": fault}))


def _scanner(inner: Scanner, metrics: Metrics) -> Scanner:
    async def scan(file: CompletedFile) -> Verdict:
        began = perf_counter()
        outcome = "failed"
        try:
            verdict = await inner.scan(file)
            outcome = "approved" if verdict.is_approved else "rejected"
            return verdict
        finally:
            metrics.scanned(inner.name, outcome, perf_counter() - began)

    return cast(Scanner, Watched(inner, {"scan": scan}))


def encode(metrics: Metrics) -> Callable[[Shape], bytes]:
    """Return what writes answers, timed."""
    count = metrics.stage("encode")

    def timed(answer: Shape) -> bytes:
        began = perf_counter()
        body = restjson.encode(answer)
        count(perf_counter() - began)
        return body

    return timed


def _watched(
    inner: object,
    stages: Mapping[str, str],
    metrics: Metrics,
    tracer: Tracer | None,
    patience: Patience,
    engine: object,
) -> Watched:
    """Time each of the calls, as its stage; one that fails is made again once `engine` is back."""
    retry = partial(patience.retry, engine=engine if isinstance(engine, Engine) else None)
    calls: dict[str, Call] = {}
    for name, stage in stages.items():
        call = _timed(getattr(inner, name), metrics.stage(stage), None if name in ONCE else retry)
        calls[name] = _told(call, f"{stage}: {name}", tracer) if tracer else call
    return Watched(inner, calls)


def _timed(call: Call, count: Callable[[float], None], retry: Call | None) -> Call:
    async def timed(*arguments: Any, **named: Any) -> Any:
        began = perf_counter()
        try:
            return await call(*arguments, **named)
        except Unavailable as error:
            if retry is None:
                raise
            again = partial(call, *arguments, **named)
            return await retry(again, error, spent=perf_counter() - began)
        finally:
            count(perf_counter() - began)

    return timed


def _told(call: Call, name: str, tracer: Tracer) -> Call:
    async def told(*arguments: Any, **named: Any) -> Any:
        with tracer.step(name):
            return await call(*arguments, **named)

    return told

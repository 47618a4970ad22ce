"""The composition root: settings become a node that can serve. Only this file names back ends."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from openparticipant import view_files
from openparticipant.bus.local import LocalBus
from openparticipant.data_dir import DataDir, DataDirError
from openparticipant.domain.attachment import FileRules, Status, locate
from openparticipant.domain.transcript import Notice, TranscriptItem
from openparticipant.domain.view import View
from openparticipant.errors import Unavailable
from openparticipant.objects import ownership
from openparticipant.objects.disk import DiskObjects
from openparticipant.operations import deadlines
from openparticipant.ports import Clock, ContactStore, IdSource, Policy, Ports
from openparticipant.settings import Settings
from openparticipant.sigv4 import Credentials
from openparticipant.stores import access_keys
from openparticipant.stores import identity as identities
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.transport import app, tls
from openparticipant.transport.admin import AdminApp, Health
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.chat_page.door import Door
from openparticipant.transport.chat_page.route import ChatPage
from openparticipant.transport.cors import Cors
from openparticipant.transport.exchange import CLIENT_GONE
from openparticipant.transport.lifecycle import Lifecycle
from openparticipant.transport.live.announcement import kind
from openparticipant.transport.live.attendance import Attendance
from openparticipant.transport.live.rooms import Rooms
from openparticipant.transport.live.route import WebSocketRoute
from openparticipant.transport.logs import Log
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.object_request import ObjectExchange
from openparticipant.transport.objects import METHODS, ObjectsRoute
from openparticipant.transport.participant_plane import ParticipantPlane
from openparticipant.transport.plane_route import PlaneRoute
from openparticipant.transport.refusal import Guard, Refusal
from openparticipant.transport.server import Server
from openparticipant.transport.signed_plane import admin_plane, control_plane
from openparticipant.transport.sockets import origin
from openparticipant.transport.start import StartError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Foundation:
    """What a node stands on, given from outside: sockets, time, randomness, and where to log."""

    public_socket: socket.socket
    admin_socket: socket.socket
    clock: Clock
    ids: IdSource
    log: Log
    bounds: Bounds = field(default_factory=Bounds)


class Node:
    """One assembled node, not yet serving; `close` gives back what it holds."""

    def __init__(
        self,
        *,
        server: Server,
        ports: Ports,
        rooms: Rooms,
        data_dir: DataDir,
        control_key: Credentials,
        held: ExitStack,
    ) -> None:
        self.server = server
        self.ports = ports
        self.data_dir = data_dir
        self.control_key = control_key
        self._rooms = rooms
        self._held = held
        self._watches: list[asyncio.Task[None]] = []

    def watch(self) -> None:
        """Begin the background work: deadlines, and listeners that the bus has forgotten."""
        self._watches = [
            asyncio.create_task(deadlines.watch(self.ports)),
            asyncio.create_task(self._rooms.watch()),
        ]

    async def close(self) -> None:
        """End background work and close the database and the object store."""
        for watch in self._watches:
            watch.cancel()
        if self._watches:
            await asyncio.wait(self._watches)
        await asyncio.to_thread(self._held.close)


def claim_data_dir(settings: Settings) -> DataDir:
    """Create and lock the data directory. Raises StartError."""
    data_dir = DataDir(settings.data_dir)
    try:
        data_dir.create()
        data_dir.lock()
    except DataDirError as error:
        raise StartError(str(error)) from None
    return data_dir


async def assemble(settings: Settings, data_dir: DataDir, on: Foundation) -> Node:
    """Build a node on a data directory that is claimed, and recover what a crash left behind.

    The node gives the directory back when it closes. Raises StartError with one line for the
    operator; then everything has been given back already.
    """
    with ExitStack() as held:
        held.callback(data_dir.unlock)
        try:
            return await _assemble(settings, data_dir, on, held)
        except (Unavailable, OSError) as error:
            raise StartError(f"cannot start on {data_dir.path}: {error}") from error


@contextmanager
def stored(settings: Settings, data_dir: DataDir, ids: IdSource) -> Iterator[ContactStore]:
    """Open the store of a node that does not run, on its data directory, which is locked.

    As at a start, a database of an older release is brought to this one's schema. Raises
    StartError.
    """
    path = _database_path(settings, data_dir)
    if not path.exists():
        raise StartError(f"{path} is not there: no server has run on {data_dir.path} yet")
    with closing(_open(path)) as database:
        yield SqlContactStore(database, ids)


async def _assemble(settings: Settings, data_dir: DataDir, on: Foundation, held: ExitStack) -> Node:
    context, ca_bundle = _tls(settings, data_dir, on.clock.now())
    public_url = settings.public_url or _local_origin(on.public_socket, tls=context is not None)
    objects_url = settings.objects_url or public_url
    door = _chat_page_door(settings, public_url)
    # The page is a browser's page like any other; where only some may call, it is one of them.
    allowed_origins = (*settings.allowed_origins, *([door.origin] if door else []))
    database = _open(_database_path(settings, data_dir))
    held.callback(database.close)
    fresh = on.ids.uuid()
    identity = await database.write(lambda: identities.ensure(fresh))
    root = _objects_root(settings, data_dir)
    held.callback(os.close, ownership.claim(root, identity))
    control_keys = await _keys(database, "control", "AKIA", on)
    object_keys = await _keys(database, "objects", "OPOB", on)
    objects = DiskObjects(
        root,
        base=objects_url,
        region=settings.region,
        credentials=object_keys[0],
        ids=on.ids,
    )
    held.callback(objects.close)
    store = SqlContactStore(database, on.ids)
    bus = LocalBus()
    ports = Ports(
        on.clock, on.ids, store, objects, bus, _policy(settings, public_url, _views(settings))
    )
    await _recover(ports, store, objects)
    data_dir.write_profile(
        region=settings.region,
        access_key_id=control_keys[0].access_key_id,
        secret_access_key=control_keys[0].secret_access_key,
        url=public_url,
        ca_bundle=ca_bundle,
    )

    metrics = Metrics()
    lifecycle = Lifecycle()
    health = Health(lifecycle)
    cors = Cors(
        allowed_origins,
        methods=app.CORS_METHODS,
        exposed=app.CORS_EXPOSED,
        allowed=app.CORS_ALLOWED,
    )
    attendance = Attendance()
    metrics.watch_sockets(
        lambda: sum(1 for _ in attendance), lambda: sum(each.waiting for each in attendance)
    )
    lifecycle.on_drain.append(attendance.farewell)
    rooms = Rooms(store, bus, on.clock, _delivery_observer(on, metrics), on.bounds.parting_seconds)
    planes = PlaneRoute(clock=on.clock, ids=on.ids, log=on.log, metrics=metrics)
    operators = {key.access_key_id: key for key in control_keys}.get
    public = app.PublicApp(
        planes=planes,
        participant=ParticipantPlane(ports),
        control=control_plane(ports, operators),
        objects=ObjectsRoute(
            objects,
            store.staged,
            lookup={key.access_key_id: key for key in object_keys}.get,
            base=objects_url,
            region=settings.region,
            account=settings.account,
            clock=on.clock,
            ids=on.ids,
            observed=_object_observer(on, metrics),
            allowed_origins=allowed_origins,
        ),
        websocket=WebSocketRoute(
            ports,
            rooms,
            attendance,
            subscribe_seconds=on.bounds.subscribe_seconds,
            cors=cors,
            log=on.log,
            metrics=metrics,
        ),
        health=health,
        chat_page=ChatPage(ports, door, objects_url, log=on.log, metrics=metrics) if door else None,
        cors=cors,
    )
    server = Server(
        public,
        AdminApp(metrics, health, planes, admin_plane(ports, operators)),
        lifecycle,
        public_socket=on.public_socket,
        admin_socket=on.admin_socket,
        guard=Guard(on.bounds, on.ids.uuid, _refusal_observer(on, metrics)),
        clock=on.clock.now,
        tls=context,
    )

    return Node(
        server=server,
        ports=ports,
        rooms=rooms,
        data_dir=data_dir,
        control_key=control_keys[0],
        held=held.pop_all(),
    )


def _tls(
    settings: Settings, data_dir: DataDir, now: int
) -> tuple[ssl.SSLContext | None, Path | None]:
    """Return how to serve TLS, if at all, and the CA that clients must be told of."""
    if settings.tls == "auto":
        names = tls.certified_names(settings.host, settings.public_url)
        return tls.automatic(data_dir.path / "tls", names, at=now)
    if settings.tls_cert is not None:
        return tls.context(settings.tls_cert, settings.tls_key), None
    return None, None


def _local_origin(listening: socket.socket, *, tls: bool) -> str:
    """Return the address for URLs when none was configured.

    That is where the server listens; where it does so on every address, 127.0.0.1, which browsers
    take without TLS.
    """
    address = origin(listening, tls=tls)
    if ipaddress.ip_address(listening.getsockname()[0]).is_unspecified:
        return f"{'https' if tls else 'http'}://127.0.0.1:{urlsplit(address).port}"
    return address


def _chat_page_door(settings: Settings, public_url: str) -> Door | None:
    if not settings.demo:
        return None
    door = Door(public_url)
    if not door.is_local:
        raise StartError(
            f"--demo is for this machine only, and {public_url} is an address that others reach"
        )
    return door


def _database_path(settings: Settings, data_dir: DataDir) -> Path:
    if not settings.database:
        return data_dir.path / "openparticipant.sqlite3"
    path = _file(settings.database, "sqlite").resolve()
    if not path.is_relative_to(data_dir.path.resolve()):
        raise StartError(
            f"the database {path} must lie below the data directory {data_dir.path}, since it "
            "holds keys"
        )
    return path


def _open(path: Path) -> SqliteDatabase:
    try:
        return SqliteDatabase(path)
    except Unavailable as error:
        raise StartError(f"{path}: {error}") from error


def _objects_root(settings: Settings, data_dir: DataDir) -> Path:
    return _file(settings.objects, "file") if settings.objects else data_dir.path / "objects"


def _file(url: str, scheme: str) -> Path:
    # Three slashes or four: the path is absolute either way.
    return Path("/" + unquote(url.removeprefix(f"{scheme}://")).lstrip("/"))


async def _keys(
    database: SqliteDatabase, purpose: str, prefix: str, on: Foundation
) -> list[Credentials]:
    fresh = Credentials(prefix + on.ids.uuid().replace("-", "").upper()[:16], on.ids.token())
    now = on.clock.now()
    return await database.write(lambda: access_keys.ensure(purpose, fresh, now))


def _policy(settings: Settings, public_url: str, views: Mapping[str, View]) -> Policy:
    return Policy(
        account=settings.account,
        region=settings.region,
        public_url=public_url,
        instances=frozenset(settings.instances),
        instances_without_attachments=frozenset(settings.instances_without_attachments),
        file_rules=FileRules(frozenset(settings.attachment_extensions), settings.attachment_size),
        attachments_per_contact=settings.attachments_per_contact,
        upload_url_lifetime=settings.upload_url_lifetime,
        views=views,
    )


def _views(settings: Settings) -> Mapping[str, View]:
    try:
        return view_files.read(settings.views) if settings.views else {}
    except view_files.ViewFileError as error:
        raise StartError(str(error)) from None


async def _recover(ports: Ports, store: ContactStore, objects: DiskObjects) -> None:
    """Undo what a crash left half done; nobody else works on this data directory."""

    async def wanted(key: str) -> bool:
        named = locate(key)
        attachment = await store.staged(*named) if named else None
        return (
            attachment is not None
            and attachment.staging_key == key
            and attachment.status is not Status.APPROVED
        )

    await store.expire_leases(now=ports.clock.now())
    settled = await deadlines.work_off(ports)
    discarded = await objects.recover(wanted)
    if settled or discarded:
        _log.info("recovered: %d deadlines settled, %d objects discarded", settled, discarded)


def _refusal_observer(on: Foundation, metrics: Metrics) -> Callable[[Refusal], None]:
    def refused(refusal: Refusal) -> None:
        metrics.refused(refusal.reason)
        facts = {
            "request_id": refusal.request_id,
            "status": refusal.status,
            "reason": refusal.reason,
            "detail": refusal.detail,
            "client": refusal.client[0] if refusal.client else None,
        }
        on.log.write("info", "refused", on.clock.now(), facts)

    return refused


def _delivery_observer(on: Foundation, metrics: Metrics) -> Callable[[Notice, int], None]:
    def delivered(notice: Notice, sockets: int) -> None:
        seconds = None
        if isinstance(notice, TranscriptItem):
            seconds = max(0, on.clock.now() - notice.at) / 1000
        metrics.delivered(kind(notice), sockets, seconds)

    return delivered


def _object_observer(on: Foundation, metrics: Metrics) -> Callable[[ObjectExchange], None]:
    def observed(exchange: ObjectExchange) -> None:
        seconds = time.perf_counter() - exchange.started
        operation = f"object {exchange.method}" if exchange.method in METHODS else "object"
        metrics.request(operation, exchange.status or CLIENT_GONE, seconds)
        metrics.moved("in", exchange.received)
        metrics.moved("out", exchange.sent)
        facts = {
            "request_id": exchange.request_id,
            "operation": operation,
            "status": exchange.status,
            "ms": round(seconds * 1000, 2),
            "key": exchange.key,
            "received": exchange.received,
            "sent": exchange.sent,
            "code": exchange.code,
            "reason": exchange.reason,
        }
        failed = exchange.status is not None and exchange.status >= 500
        on.log.write(
            "error" if failed else "info",
            "request",
            on.clock.now(),
            {name: fact for name, fact in facts.items() if fact is not None},
        )

    return observed

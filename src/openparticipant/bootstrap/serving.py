"""The server on top of the ports: every route, and what watches them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from openparticipant.bootstrap import observers, watched
from openparticipant.bootstrap.addresses import Addresses
from openparticipant.bootstrap.foundation import Foundation
from openparticipant.bootstrap.keys import KeyRing
from openparticipant.domain.access_key import Purpose
from openparticipant.objects.disk import DiskObjects
from openparticipant.ports import Ports
from openparticipant.ports.tracer import Tracer
from openparticipant.settings import Settings
from openparticipant.transport import app
from openparticipant.transport.admin import AdminApp, Health
from openparticipant.transport.chat_page.route import ChatPage
from openparticipant.transport.cors import Cors
from openparticipant.transport.crowd import affordable
from openparticipant.transport.engines import Engines
from openparticipant.transport.forwarding import TrustedProxies
from openparticipant.transport.lifecycle import Lifecycle
from openparticipant.transport.live.attendance import Attendance
from openparticipant.transport.live.rooms import Rooms
from openparticipant.transport.live.route import WebSocketRoute
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.objects import ObjectsRoute
from openparticipant.transport.participant_plane import ParticipantPlane
from openparticipant.transport.patience import Patience
from openparticipant.transport.plane_route import PlaneRoute
from openparticipant.transport.rates import Rates
from openparticipant.transport.refusal import Guard
from openparticipant.transport.server import Server
from openparticipant.transport.signed_plane import Signers, admin_plane, control_plane


def server(
    settings: Settings,
    on: Foundation,
    where: Addresses,
    ports: Ports,
    disk: DiskObjects | None,
    metrics: Metrics,
    engines: Engines,
    patience: Patience,
    tracer: Tracer | None,
    *,
    keys: KeyRing,
) -> tuple[Server, Rooms]:
    """Return the server, not yet listening, and the rooms that its sockets are in."""
    door = where.chat_page
    # The page is a browser's page like any other; where only some may call, it is one of them.
    allowed_origins = (*settings.allowed_origins, *([door.origin] if door else []))
    lifecycle = Lifecycle()
    health = Health(lifecycle, engines.troubles)
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
    metrics.watch_held(lambda: patience.held)
    lifecycle.on_closed.append(patience.end)
    rooms = Rooms(
        ports.store,
        ports.bus,
        on.clock,
        observers.deliveries(on, metrics, tracer),
        on.bounds.parting_seconds,
    )
    encode = watched.encode(metrics)
    planes = PlaneRoute(clock=on.clock, ids=on.ids, log=on.log, metrics=metrics, tracer=tracer)
    operators = Signers(partial(keys.find, Purpose.CONTROL), keys.look)
    public = app.PublicApp(
        planes=planes,
        participant=ParticipantPlane(
            ports, encode, Rates([rate for word in settings.rates for rate in word])
        ),
        control=control_plane(ports, operators, encode),
        objects=_objects_route(
            settings, on, where, ports, disk, metrics, tracer, keys, allowed_origins
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
        chat_page=ChatPage(ports, door, where.objects_url, log=on.log, metrics=metrics)
        if door
        else None,
        cors=cors,
    )
    return Server(
        public,
        AdminApp(
            metrics,
            health,
            planes,
            admin_plane(ports, keys, on.log.recollection, operators, encode),
        ),
        lifecycle,
        public_socket=on.public_socket,
        admin_socket=on.admin_socket,
        guard=Guard(
            on.bounds,
            on.ids.uuid,
            observers.refusals(on, metrics),
            settings.max_connections or affordable(),
            TrustedProxies(settings.trusted_proxies),
        ),
        clock=on.clock.now,
        tls=where.certificate,
    ), rooms


def _objects_route(
    settings: Settings,
    on: Foundation,
    where: Addresses,
    ports: Ports,
    disk: DiskObjects | None,
    metrics: Metrics,
    tracer: Tracer | None,
    keys: KeyRing,
    allowed_origins: Sequence[str],
) -> ObjectsRoute | None:
    """Return the route of the built-in store; the bytes of any other pass us by."""
    if disk is None:
        return None
    return ObjectsRoute(
        disk,
        ports.store.staged,
        ports.store.kept,
        lookup=partial(keys.find, Purpose.OBJECTS),
        base=where.objects_url,
        region=settings.region,
        account=settings.account,
        clock=on.clock,
        ids=on.ids,
        observed=observers.objects(on, metrics),
        tracer=tracer,
        allowed_origins=allowed_origins,
    )

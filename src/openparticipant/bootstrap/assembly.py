"""Settings become a node: open what it stands on, recover, and set the server on top."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

from openparticipant.bootstrap import addresses, serving, watched
from openparticipant.bootstrap.access_keys import stored_keys
from openparticipant.bootstrap.bus import bus
from openparticipant.bootstrap.database import contact_store, database, is_postgres
from openparticipant.bootstrap.foundation import Foundation
from openparticipant.bootstrap.keys import KeyRing
from openparticipant.bootstrap.membership import membership, only_one
from openparticipant.bootstrap.node import Node
from openparticipant.bootstrap.objects import objects as open_objects
from openparticipant.bootstrap.policy import policy
from openparticipant.bootstrap.recovery import recover
from openparticipant.bootstrap.scanning import scanning
from openparticipant.bootstrap.tracing import tracer
from openparticipant.bootstrap.vault import Vault, master_key
from openparticipant.contents.inspector import StoredContents
from openparticipant.data_dir import DataDir, DataDirError
from openparticipant.domain.access_key import Purpose
from openparticipant.errors import Unavailable
from openparticipant.objects.disk import DiskObjects
from openparticipant.operations.review import Reviewer
from openparticipant.operations.rule_book import RuleBook
from openparticipant.ports import Engine, Ports
from openparticipant.settings import Settings
from openparticipant.sigv4 import Credentials
from openparticipant.stores import identity as identities
from openparticipant.transport.engines import Engines
from openparticipant.transport.metrics import Metrics
from openparticipant.transport.patience import Patience, allowing
from openparticipant.transport.start import StartError

_log = logging.getLogger(__name__)


def claim_data_dir(settings: Settings, worker: int | None = None) -> DataDir:
    """Create and lock the data directory, or the part of one worker. Raises StartError."""
    data_dir = DataDir(settings.data_dir, worker)
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
    async with AsyncExitStack() as held:
        held.callback(data_dir.unlock)
        try:
            return await _assemble(settings, data_dir, on, held)
        except (Unavailable, OSError) as error:
            raise StartError(f"cannot start on {data_dir.path}: {error}") from error


async def _assemble(
    settings: Settings, data_dir: DataDir, on: Foundation, held: AsyncExitStack
) -> Node:
    where = addresses.find(settings, data_dir, on)
    master = master_key(settings.master_key, is_needed=is_postgres(settings))
    rows = await held.enter_async_context(database(settings, data_dir))
    fresh = on.ids.uuid()
    identity = await rows.write(lambda: identities.ensure(fresh), alone=True)
    member = await held.enter_async_context(membership(settings, data_dir, rows, on))
    vault = Vault(master, on.ids)
    stored = stored_keys(settings, rows, lambda: vault, on.ids, on.clock)
    keys = KeyRing(stored, vault, on.clock)
    await keys.open()
    objects = await held.enter_async_context(
        open_objects(
            settings,
            data_dir,
            on,
            base=where.objects_url,
            identity=identity,
            credentials=lambda: keys.newest(Purpose.OBJECTS),
        )
    )
    store = contact_store(settings, rows, on.ids)
    metrics = Metrics()
    traces = await held.enter_async_context(tracer(settings))
    told_by = await held.enter_async_context(bus(settings, vault.bus_secret(identity), metrics))
    scanned = await held.enter_async_context(scanning(settings, on.clock))
    patience = Patience(on.clock)
    held.push_async_callback(patience.close)
    watched_objects = watched.objects(objects, metrics, traces, patience)
    watched_store = watched.store(store, metrics, traces, patience, rows)
    decided = policy(settings, where.public_url, scanned)
    rule_book = RuleBook(watched_store, decided, on.clock)
    ports = Ports(
        on.clock,
        on.ids,
        watched_store,
        watched_objects,
        watched.bus(told_by, metrics, traces),
        decided,
        watched.scanning(scanned, metrics),
        watched.inspector(StoredContents(watched_objects), metrics),
        rule_book,
    )
    disk = objects if isinstance(objects, DiskObjects) else None
    # What waits is worked off later; a start waits for nobody.
    with allowing(0):
        await rule_book.look()
        if decided.quota.is_of_instances:
            await watched_store.count_instances(now=on.clock.now())
        await recover(ports, disk, alone=bool(only_one(settings)))
    write_profile = partial(
        data_dir.write_profile,
        region=settings.region,
        url=where.public_url,
        ca_bundle=where.ca_bundle,
    )
    write_profile(keys.newest(Purpose.CONTROL))
    keys.on_change.append(partial(_rewrite, write_profile))
    parts: dict[str, object] = {"database": rows, "objects": objects, "bus": told_by}
    if is_postgres(settings):
        parts["clock"] = member
    if scanned.scanners:
        parts["scanner"] = scanned
    engines = Engines({name: it for name, it in parts.items() if isinstance(it, Engine)}, metrics)
    server, rooms = serving.server(
        settings,
        on,
        where,
        ports,
        disk,
        metrics,
        engines,
        patience,
        traces,
        keys=keys,
    )
    reviewer = Reviewer(ports)
    metrics.watch_scans(lambda: reviewer.waiting)
    return Node(
        server=server,
        ports=ports,
        rooms=rooms,
        reviewer=reviewer,
        engines=engines,
        membership=member,
        data_dir=data_dir,
        keys=keys,
        rule_book=rule_book,
        held=held.pop_all(),
    )


def _rewrite(write_profile: Callable[[Credentials], None], key: Credentials) -> None:
    """Bring the profile up to date; the key pair is there whether or not that succeeds."""
    try:
        write_profile(key)
    except OSError as error:
        _log.warning("aws/credentials does not have the newest key pair: %s", error.strerror)

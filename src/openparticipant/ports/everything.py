"""Everything an operation may touch."""

from __future__ import annotations

from dataclasses import dataclass

from openparticipant.ports.access_keys import AccessKeys
from openparticipant.ports.bus import Bus
from openparticipant.ports.clock import Clock, IdSource
from openparticipant.ports.contact_store import ContactStore
from openparticipant.ports.file_rule_book import FileRuleBook
from openparticipant.ports.inspector import Inspector
from openparticipant.ports.object_store import ObjectStore
from openparticipant.ports.policy import Policy
from openparticipant.ports.refusals import Refusals
from openparticipant.ports.scanner import Scanning


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything an operation may touch."""

    clock: Clock
    ids: IdSource
    store: ContactStore
    objects: ObjectStore
    bus: Bus
    policy: Policy
    scanning: Scanning
    inspector: Inspector
    file_rules: FileRuleBook


@dataclass(frozen=True, slots=True)
class Running:
    """What only a node that runs has."""

    ports: Ports
    refusals: Refusals


@dataclass(frozen=True, slots=True)
class OperatorPorts:
    """What the operator's operations may touch; all but `running` is there also where no server runs."""

    clock: Clock
    ids: IdSource
    store: ContactStore
    keys: AccessKeys
    running: Running | None = None

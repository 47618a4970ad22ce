"""The outside world, as operations see it, with the guarantees that every backend gives.

The contract suites in `openparticipant.testing` hold backends to what is written here.
"""

from openparticipant.ports.access_keys import AccessKeys, LastKeyError
from openparticipant.ports.attachments import (
    Claim,
    Claimed,
    DueAttachment,
    DueScan,
    PendingUpload,
    Proposal,
    ScanBacklog,
)
from openparticipant.ports.audit import AuditFilter, AuditPage
from openparticipant.ports.bus import Bus
from openparticipant.ports.clock import Clock, IdSource
from openparticipant.ports.contact_store import ContactStore
from openparticipant.ports.contacts import (
    ContactFilter,
    ContactPlace,
    InitialMessage,
    ListedContact,
    NewConnection,
    NewContact,
    NewParticipant,
)
from openparticipant.ports.engine import Engine
from openparticipant.ports.everything import OperatorPorts, Ports, Running
from openparticipant.ports.file_rule_book import FileRuleBook
from openparticipant.ports.inspector import Inspector
from openparticipant.ports.inventory import (
    BEGINNING,
    Inventory,
    InventoryEntry,
    InventoryPlace,
)
from openparticipant.ports.messages import NewMessage, NewReceipt, PageStart
from openparticipant.ports.nodes import NodeEntry, NodeRegistry
from openparticipant.ports.object_store import (
    Invitation,
    ListedObject,
    ObjectShelf,
    ObjectStore,
    Offer,
    StoredObject,
)
from openparticipant.ports.policy import Policy
from openparticipant.ports.purges import DuePurge, Marked, StillOpenError
from openparticipant.ports.refusals import Refusals
from openparticipant.ports.scanner import CompletedFile, Scanner, Scanning

__all__ = [
    "BEGINNING",
    "AccessKeys",
    "AuditFilter",
    "AuditPage",
    "Bus",
    "Claim",
    "Claimed",
    "Clock",
    "CompletedFile",
    "ContactFilter",
    "ContactPlace",
    "ContactStore",
    "DueAttachment",
    "DuePurge",
    "DueScan",
    "Engine",
    "FileRuleBook",
    "IdSource",
    "InitialMessage",
    "Inspector",
    "Inventory",
    "InventoryEntry",
    "InventoryPlace",
    "Invitation",
    "LastKeyError",
    "ListedContact",
    "ListedObject",
    "Marked",
    "NewConnection",
    "NewContact",
    "NewMessage",
    "NewParticipant",
    "NewReceipt",
    "NodeEntry",
    "NodeRegistry",
    "ObjectShelf",
    "ObjectStore",
    "Offer",
    "OperatorPorts",
    "PageStart",
    "PendingUpload",
    "Policy",
    "Ports",
    "Proposal",
    "Refusals",
    "Running",
    "ScanBacklog",
    "Scanner",
    "Scanning",
    "StillOpenError",
    "StoredObject",
]

"""What the operator can count and time, in the Prometheus text format."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from openparticipant.ports import Engine
from openparticipant.transport.tallies import Counts, Histograms

# Seconds; from a read in memory to a call that waited for a slow disk.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)
# As above, and from what takes no database.
_STAGE_BUCKETS = (0.00005, 0.0001, 0.00025, 0.0005, *_BUCKETS[:-1])


class Metrics:
    """The metrics of one server; labels never hold anything a client chose."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counts(
            "openparticipant_requests", "Requests answered.", ("operation", "status")
        )
        self._seconds = Histograms(
            "openparticipant_request_seconds",
            "Time from the head of a request to the end of its answer.",
            "operation",
            _BUCKETS,
        )
        self._stages = Histograms(
            "openparticipant_stage_seconds",
            "Time that requests, and the work behind them, spend in one stage.",
            "stage",
            _STAGE_BUCKETS,
        )
        for tally in (self._requests, self._seconds, self._stages):
            self.registry.register(tally)
        self._bytes = Counter(
            "openparticipant_object_bytes",
            "Bytes of attachments taken in or given out by the built-in object store.",
            ("direction",),
            registry=self.registry,
        )
        self._refused = Counter(
            "openparticipant_connections_refused",
            "Connections ended by the server before or beside an operation.",
            ("reason",),
            registry=self.registry,
        )
        self._sockets = Gauge(
            "openparticipant_sockets", "WebSockets open now.", registry=self.registry
        )
        self._waiting = Gauge(
            "openparticipant_socket_frames_waiting",
            "Frames that clients have not taken yet, of all WebSockets together.",
            registry=self.registry,
        )
        self._overflowed = Counter(
            "openparticipant_sockets_overflowed",
            "WebSockets closed because their client read too slowly.",
            registry=self.registry,
        )
        self._deliveries = Counter(
            "openparticipant_deliveries",
            "Frames handed to WebSockets, by what they tell.",
            ("kind",),
            registry=self.registry,
        )
        self._delivery_seconds = Histogram(
            "openparticipant_delivery_seconds",
            "Time from an item's place in the transcript to the WebSockets of this node.",
            ("kind",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._notices = Counter(
            "openparticipant_bus_notices",
            "Notices handed to other nodes (out), and heard from them (in).",
            ("direction",),
            registry=self.registry,
        )
        self._lost_notices = Counter(
            "openparticipant_bus_dropped",
            "Notices that went no further; listeners get what they told from the database.",
            ("reason",),
            registry=self.registry,
        )
        self._scans = Counter(
            "openparticipant_scans",
            "Files shown to a scanner, by what came of it.",
            ("scanner", "outcome"),
            registry=self.registry,
        )
        self._scan_seconds = Histogram(
            "openparticipant_scan_seconds",
            "Time that a scanner took for a file.",
            ("scanner",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._content_faults = Counter(
            "openparticipant_content_faults",
            "Files whose bytes are not what was announced, refused or not.",
            ("fault",),
            registry=self.registry,
        )
        self._abandoned = Counter(
            "openparticipant_attachments_abandoned",
            "Attachments that vanished because nobody completed them.",
            registry=self.registry,
        )
        self._abandoned_bytes = Counter(
            "openparticipant_attachments_abandoned_bytes",
            "Announced sizes of the attachments that vanished because nobody completed them.",
            registry=self.registry,
        )
        self._scans_waiting = Gauge(
            "openparticipant_scans_waiting",
            "Completed files that no verdict has been recorded of, on all nodes together.",
            registry=self.registry,
        )
        self._engines = Gauge(
            "openparticipant_engine_up",
            "1 while an engine that this node stands on works, 0 while it is away.",
            ("engine",),
            registry=self.registry,
        )
        self._held = Gauge(
            "openparticipant_requests_held",
            "Requests that wait for an engine to come back.",
            registry=self.registry,
        )

    def request(self, operation: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.count(operation, status)
        self._seconds.count(operation, seconds)

    def moved(self, direction: str, size: int) -> None:
        """Count bytes of objects, `in` or `out`."""
        self._bytes.labels(direction).inc(size)

    def refused(self, reason: str) -> None:
        """Count a connection that never came to an operation."""
        self._refused.labels(reason).inc()

    def content_fault(self, fault: str) -> None:
        """Count a file whose bytes are not what was announced."""
        self._content_faults.labels(fault).inc()

    def abandoned(self, size: int) -> None:
        """Count an attachment that nobody completed and whose row is gone; `size` is what was announced."""
        self._abandoned.inc()
        self._abandoned_bytes.inc(size)

    def watch_sockets(self, sockets: Callable[[], int], waiting: Callable[[], int]) -> None:
        """Ask these two, whenever somebody looks, how many sockets are open and frames wait."""
        self._sockets.set_function(sockets)
        self._waiting.set_function(waiting)

    def socket_overflowed(self) -> None:
        """Count a WebSocket whose client read too slowly."""
        self._overflowed.inc()

    def delivered(self, kind: str, sockets: int, seconds: float | None) -> None:
        """Count what `sockets` were told at once; `seconds` since it came to be, for an item."""
        self._deliveries.labels(kind).inc(sockets)
        if seconds is not None:
            self._delivery_seconds.labels(kind).observe(seconds)

    def notices(self, direction: str) -> Callable[[], None]:
        """Return what counts a notice that went `in` or `out`."""
        return self._notices.labels(direction).inc

    def notice_dropped(self, reason: str) -> None:
        """Count a notice that went no further."""
        self._lost_notices.labels(reason).inc()

    def scanned(self, scanner: str, outcome: str, seconds: float) -> None:
        """Count a file that a scanner `approved`, `rejected` or `failed` to judge."""
        self._scans.labels(scanner, outcome).inc()
        self._scan_seconds.labels(scanner).observe(seconds)

    def watch_scans(self, waiting: Callable[[], int]) -> None:
        """Ask, whenever somebody looks, how many files wait for a verdict."""
        self._scans_waiting.set_function(waiting)

    def watch_engine(self, name: str, engine: Engine) -> None:
        """Ask an engine, whenever somebody looks, whether it works."""
        self._engines.labels(name).set_function(lambda: engine.trouble is None)

    def stage(self, name: str) -> Callable[[float], None]:
        """Return what counts the seconds of one passage through a stage."""
        return self._stages.counter(name)

    def watch_held(self, held: Callable[[], int]) -> None:
        """Ask this, whenever somebody looks, how many requests wait for an engine."""
        self._held.set_function(held)

    def text(self) -> bytes:
        """Return all metrics as a Prometheus server reads them."""
        return generate_latest(self.registry)

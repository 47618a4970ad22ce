"""The services that the command line calls: what each is made of, and how it knows who asks."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    from openparticipant.cli.client import Client
    from openparticipant.cli.endpoint import Endpoint
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.profile import Profile
    from openparticipant.cli.table import Operation

    class Texts(Protocol):
        """What pages of help tell of a service; a module of its own."""

        @property
        def ABOUT(self) -> str:  # noqa: N802 - modules have constants
            """What the service is for."""

        @property
        def OPERATIONS(self) -> Mapping[str, str]:  # noqa: N802
            """What each operation does, by command."""

        @property
        def MEMBERS(self) -> Mapping[str, str]:  # noqa: N802
            """What each member of a request is."""

        @property
        def RESULTS(self) -> Mapping[str, str]:  # noqa: N802
            """What each member of an answer is."""

        @property
        def EXAMPLES(self) -> Mapping[str, tuple[tuple[str, str], ...]]:  # noqa: N802
            """A sentence and a line for a shell, by command; they run as they stand."""


class Service:
    """One service: its table, the name that endpoints go by, and whether its requests are signed.

    Where no signature is needed, each operation has a bearer instead. The operations of one service
    are commands also without its name before them: that one `is_default`.
    """

    __slots__ = ("_signed", "_texts", "is_default", "name", "operations")

    def __init__(
        self,
        name: str,
        operations: dict[str, Operation],
        texts: Callable[[], Texts],
        *,
        signed: bool = False,
        is_default: bool = False,
    ) -> None:
        self.name = name
        self.operations = operations
        self.is_default = is_default
        self._signed = signed
        self._texts = texts

    @property
    def texts(self) -> Texts:
        """What pages of help tell of it."""
        return self._texts()

    def endpoint(self, options: GlobalOptions, world: Environment, profile: Profile) -> Endpoint:
        """Find the service; raises CommandError, also where only a signature needs the region."""
        from openparticipant.cli.endpoint import resolve  # noqa: PLC0415 - a skeleton needs none

        found = resolve(self.name, options, world.environ, profile)
        if self._signed and options.sign and found.region is None:
            from openparticipant.cli.refusal import NoRegionError  # noqa: PLC0415 - seldom

            raise NoRegionError
        return found

    def client(
        self, options: GlobalOptions, world: Environment, profile: Profile, endpoint: Endpoint
    ) -> Client:
        """Return a client; raises CommandError where keys are needed and not to be had."""
        from openparticipant.cli.client import Client  # noqa: PLC0415 - http takes its time

        signer = None
        if self._signed and options.sign:
            from openparticipant.cli import signing  # noqa: PLC0415 - participants need none

            signer = signing.signer(self.name, options, world, profile, endpoint)
        return Client(world, options, endpoint, signer)


def participant() -> Service:
    """Return the service that participants of a chat call."""
    from openparticipant.cli.model import OPERATIONS  # noqa: PLC0415 - the other has its own

    return Service("connectparticipant", OPERATIONS, _of_participants, is_default=True)


def control_plane() -> Service:
    """Return the service that starts, fills and ends chats."""
    from openparticipant.cli.connect_model import OPERATIONS  # noqa: PLC0415 - likewise

    return Service("connect", OPERATIONS, _of_the_control_plane, signed=True)


SERVICES = {"connectparticipant": participant, "connect": control_plane}


def _of_participants() -> Texts:
    from openparticipant.cli import help_participant  # noqa: PLC0415 - for pages of help

    return help_participant


def _of_the_control_plane() -> Texts:
    from openparticipant.cli import help_connect  # noqa: PLC0415 - likewise

    return help_connect

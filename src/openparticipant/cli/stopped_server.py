"""The operator's operations on the database of a server that does not run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack
from typing import Any, Self

import msgspec

from openparticipant.bootstrap import stopped
from openparticipant.cli.records import NoRecordsError
from openparticipant.data_dir import DataDir
from openparticipant.errors import ServiceError, Unavailable
from openparticipant.operations import table
from openparticipant.settings import Settings
from openparticipant.system import RandomIds
from openparticipant.transport.start import StartError
from openparticipant.wire.restjson import explain
from openparticipant.wire.service import ADMIN

_REQUESTS = {operation.name: operation.request for operation in ADMIN}


class StoppedServer:
    """What a server left behind; its directory is locked and let go of at the end."""

    def __init__(self, settings: Settings, data_dir: DataDir) -> None:
        """Raise NoRecordsError where its database cannot be read."""
        with ExitStack() as held:
            held.callback(data_dir.unlock)
            self._runner = held.enter_context(asyncio.Runner())
            opened = AsyncExitStack()
            held.callback(lambda: self._runner.run(opened.aclose()))
            try:
                self._ports = self._runner.run(
                    opened.enter_async_context(stopped(settings, data_dir, RandomIds()))
                )
            except StartError as error:
                raise NoRecordsError(str(error)) from None
            self._held = held.pop_all()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the database and let the directory go."""
        self._held.close()

    def call_any(self, operation: str, members: Mapping[str, object]) -> Any:
        """Return the answer; there is nobody else to ask."""
        return self.call(operation, members)

    def call(self, operation: str, members: Mapping[str, object]) -> Any:
        """Return the answer's JSON object. Raises NoRecordsError."""
        try:
            request = msgspec.convert(members, _REQUESTS[operation])
            answer = self._runner.run(table.ADMIN[operation](self._ports, request))
        except msgspec.ValidationError as error:
            raise NoRecordsError(explain(str(error))) from None
        except (ServiceError, StartError, Unavailable) as error:
            raise NoRecordsError(str(error)) from None
        return msgspec.to_builtins(answer)

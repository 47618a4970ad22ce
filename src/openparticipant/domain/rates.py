"""How many requests may come, and from whom they are counted together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Counted(StrEnum):
    """Whose requests share one rate."""

    TOKEN = "token"  # noqa: S105 - no secret
    PARTICIPANT = "participant"
    ADDRESS = "address"
    INSTANCE = "instance"

    @property
    def is_shared(self) -> bool:
        """Whether one participant's requests may use up what another one's need."""
        return self in {Counted.ADDRESS, Counted.INSTANCE}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a second, and a burst of so many; no `operations` stands for all of them."""

    counted: Counted
    per_second: float
    burst: int
    operations: frozenset[str] = frozenset()


def _of_instance(per_second: float, burst: int, *operations: str) -> Rate:
    return Rate(Counted.INSTANCE, per_second, burst, frozenset(operations))


# Source: the documented default quotas of the participant service, per instance. Operations that
# share a row share its rate; those that are not listed have none.
OF_AWS: tuple[Rate, ...] = (
    _of_instance(2, 5, "StartAttachmentUpload"),
    _of_instance(2, 5, "CompleteAttachmentUpload"),
    _of_instance(8, 12, "GetAttachment"),
    _of_instance(6, 9, "CreateParticipantConnection"),
    _of_instance(3, 5, "DisconnectParticipant"),
    _of_instance(8, 12, "GetTranscript"),
    _of_instance(10, 15, "SendMessage", "SendEvent"),
)
_RATE = re.compile(
    rf"(?P<counted>{'|'.join(Counted)})=(?P<rate>[0-9]{{1,6}}(\.[0-9]{{1,3}})?)/(?P<burst>[0-9]{{1,6}})",
    re.ASCII,
)


def read(text: str) -> tuple[Rate, ...]:
    """Read a rate, or the name of a table of them. Raises ValueError with words for the operator."""
    if text == "aws":
        return OF_AWS
    found = _RATE.fullmatch(text)
    if found is None or not float(found["rate"]) or not int(found["burst"]):
        raise ValueError(
            "must be aws, or such as participant=10/20: requests a second, and a burst"
        )
    return (Rate(Counted(found["counted"]), float(found["rate"]), int(found["burst"])),)

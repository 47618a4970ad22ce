"""An attachment: what may be proposed, where its bytes lie, and the states it goes through."""

from __future__ import annotations

import enum
import re
import time
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from openparticipant.domain.disposition import content_disposition
from openparticipant.domain.filetypes import CONTENT_TYPES, extension, fits
from openparticipant.errors import ValidationException

# RFC 9110 token "/" token, with optional parameters; printable ASCII, since it becomes a header.
_CONTENT_TYPE = re.compile(
    r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:\s*;[\x20-\x7e]*)?"
)
# Embeddings, overrides and isolates reorder what a reader sees: `gpj.exe` may look like `exe.jpg`.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Whole, since an instance may be called staging.
KEPT_BELOW = "/Attachments/chat/"
STAGED_BELOW = "/Attachments/chat/staging/"
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


class Status(enum.StrEnum):
    """The states of an attachment. PENDING → COMPLETING → APPROVED is the straight way.

    Where there is a scanner, SCANNING comes before APPROVED, or before REJECTED.
    A completion that fails or whose lease lapses goes back to PENDING. A pending attachment that
    is abandoned has no further state: its row and bytes vanish. So does one that is scanned when
    its contact ends. An approved one that is old is REMOVED: its bytes are, or are about to be.
    """

    PENDING = "pending"
    COMPLETING = "completing"
    SCANNING = "scanning"
    APPROVED = "approved"
    REJECTED = "rejected"
    REMOVED = "removed"

    @property
    def is_completed(self) -> bool:
        """Whether its uploader has done all there is to do, so that nothing can change its bytes."""
        return self not in {Status.PENDING, Status.COMPLETING}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file offered to a contact. Sizes are bytes, times epoch milliseconds.

    `url_expires_at` is until when the proposal counts against the quota of its contact.
    """

    id: str
    contact_id: str
    participant_id: str
    name: str
    content_type: str
    size: int
    status: Status
    staging_key: str
    final_key: str | None
    url_expires_at: int

    def final_key_of(self, attempt: str) -> str:
        """Return the key under which one attempt to complete keeps the file.

        Staging is the only place an upload URL can write; a final key holds the random id of its
        attempt, so no two attempts, and no URL, ever write the same one.
        """
        directory, _, tail = self.staging_key.replace(STAGED_BELOW, KEPT_BELOW, 1).rpartition("/")
        return f"{directory}/{tail.replace('_', f'_{attempt}_', 1)}"

    def headers(self, *, account: str, instance_id: str) -> dict[str, str]:
        """Return the headers that the PUT must carry, exactly.

        Only names of the list that AWS's iOS client lets through, in its spelling.
        """
        return {
            "Content-Type": self.content_type,
            "Content-Length": str(self.size),
            "Content-Disposition": content_disposition(self.name),
            "x-amz-acl": "bucket-owner-full-control",
            "x-amz-meta-contact_id": self.contact_id,
            "x-amz-meta-initial_contact_id": self.contact_id,
            "x-amz-meta-account_id": account,
            "x-amz-meta-organization_id": instance_id,
        }


@dataclass(frozen=True, slots=True)
class FileRules:
    """What an operator lets in: extensions without dot in lower case, and bytes."""

    extensions: Collection[str]
    largest: int

    def check(self, *, name: str, content_type: str, size: int) -> None:
        """Raise ValidationException, in words for the end user, unless the file may be proposed."""
        check_name(name)
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise ValidationException("ContentType is not a valid media type.")
        ending = extension(name)
        if not ending:
            raise ValidationException("The file name needs an extension, such as .pdf.")
        if ending not in self.extensions:
            raise ValidationException(f"Files of type .{_shown(ending)} cannot be attached.")
        if ending in CONTENT_TYPES and not fits(ending, content_type):
            raise ValidationException(
                f"ContentType {content_type} does not fit a file that ends in .{ending}."
            )
        if size > self.largest:
            raise ValidationException(f"Files cannot exceed {in_megabytes(self.largest)}.")


def check_name(name: str) -> None:
    """Raise ValidationException if a name could not be shown or saved safely.

    Joiners and variation selectors stay, since emoji need them.
    """
    if "/" in name or "\\" in name:
        raise ValidationException("AttachmentName must not contain a slash or a backslash.")
    if name.isascii() and name.isprintable():
        return  # as nearly all are
    for character in name:
        if character in _REORDERING or unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise ValidationException(
                f"AttachmentName must not contain the character U+{ord(character):04X}."
            )


def _shown(ending: str) -> str:
    return ending if len(ending) <= 16 else ending[:16] + "…"


def in_megabytes(size: int) -> str:
    """Write a size as people do, `20 MB`; a megabyte is 1048576 bytes, as in AWS's limits."""
    return f"{size / (1024 * 1024):g} MB"


def staging_key(
    *, instance_id: str, contact_id: str, attachment_id: str, name: str, proposed_at: int
) -> str:
    """Return the key that the upload URL of an attachment names: AWS's layout plus the contact."""
    day, minute = _written(proposed_at // 60_000)
    return (
        f"connect/{instance_id}{STAGED_BELOW}{day}/{contact_id}/"
        f"{attachment_id}_{minute}_UTC.{extension(name)}"
    )


# A busy server asks for the same minute thousands of times.
@lru_cache(maxsize=16)
def _written(minute: int) -> tuple[str, str]:
    at = time.gmtime(minute * 60)
    return time.strftime("%Y/%m/%d", at), time.strftime("%Y%m%dT%H:%M", at)


def locate(key: str) -> tuple[str, str] | None:
    """Return the contact id and attachment id that a staging or final key names, if it does."""
    directory, _, tail = key.rpartition("/")
    contact_id = directory.rpartition("/")[2]
    attachment_id, underscore, _ = tail.partition("_")
    return (contact_id, attachment_id) if contact_id and underscore else None

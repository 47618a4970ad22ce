"""What the operator has decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openparticipant.domain.attachment import FileRules
from openparticipant.domain.contents import ContentChecks
from openparticipant.domain.quota import Quota
from openparticipant.domain.view import View


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator has decided and operations must know. Times are milliseconds.

    `file_rules` are for instances that decided nothing themselves; none may let in more than
    `largest_file` bytes.
    """

    account: str
    region: str
    public_url: str
    instances: frozenset[str]
    instances_without_attachments: frozenset[str]
    file_rules: FileRules
    largest_file: int
    content_checks: ContentChecks
    quota: Quota
    retention: int | None
    attachment_retention: int | None
    upload_url_lifetime: int
    abandoned_after: int
    views: Mapping[str, View]

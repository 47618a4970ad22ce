"""What every object store must do, through its port and over real HTTP.

Run each of `GUARANTEES` against a fresh `Subject`; each is one rule, told by its docstring.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from openparticipant.testing.object_contract import (
    listing,
    reading,
    refusing,
    serving,
    storing,
)
from openparticipant.testing.object_contract.case import Case, Subject
from openparticipant.testing.object_habits import Habits

__all__ = ["GUARANTEES", "Case", "Guarantee", "Habits", "Subject"]

Guarantee: TypeAlias = Callable[[Subject], Awaitable[None]]

GUARANTEES: tuple[Guarantee, ...] = (
    storing.an_upload_is_whole_and_described,
    storing.the_last_whole_upload_counts,
    storing.uploads_at_once_do_not_mix,
    storing.a_cut_off_upload_is_never_seen,
    storing.only_what_was_seen_is_kept,
    storing.what_is_gone_is_not_kept,
    storing.keeping_may_be_repeated,
    storing.a_late_upload_never_changes_what_was_kept,
    storing.what_is_discarded_is_gone,
    refusing.an_invitation_says_what_it_needs,
    refusing.a_url_is_for_its_method,
    refusing.an_expired_url_is_refused,
    refusing.only_the_invited_headers_are_taken,
    refusing.only_the_announced_size_is_taken,
    refusing.a_changed_url_is_refused,
    refusing.unsigned_amz_headers_are_refused,
    refusing.a_digest_is_checked,
    reading.what_is_kept_can_be_read,
    reading.what_is_not_there_cannot_be_read,
    reading.reading_may_end_early,
    listing.what_is_staged_and_what_is_kept_is_listed,
    listing.what_is_listed_says_when_it_changed,
    listing.what_was_put_can_be_proven,
    serving.a_kept_object_comes_back_equal,
    serving.a_part_may_be_read,
    serving.a_browser_may_upload_and_download,
)

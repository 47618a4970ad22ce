"""Which files each instance lets in, as one node knows it."""

from __future__ import annotations

import logging

from openparticipant.domain.attachment import FileRules
from openparticipant.domain.file_configuration import FileConfiguration, Scope
from openparticipant.errors import Unavailable
from openparticipant.limits import SECOND
from openparticipant.ports import Clock, ContactStore, Policy

_LOOK = SECOND  # how often what other nodes changed is looked for

_log = logging.getLogger(__name__)


class RuleBook:
    """`FileRuleBook`: held in memory, since every StartAttachmentUpload asks."""

    def __init__(self, store: ContactStore, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._known: dict[tuple[str, Scope], FileConfiguration] = {}
        self._rules: dict[tuple[str, Scope], FileRules] = {}

    def rules(self, instance_id: str, scope: Scope) -> FileRules:
        """See `FileRuleBook`."""
        return self._rules.get((instance_id, scope), self._policy.file_rules)

    def modified_at(self, instance_id: str, scope: Scope) -> int | None:
        """See `FileRuleBook`."""
        known = self._known.get((instance_id, scope))
        return known.modified_at if known else None

    async def change(self, wanted: FileConfiguration) -> None:
        """See `FileRuleBook`."""
        self._learn(await self._store.configure_files(wanted))

    async def look(self) -> None:
        """Learn what the store holds. Raises Unavailable."""
        for each in await self._store.file_configurations():
            self._learn(each)

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self._clock.sleep(_LOOK)
            try:
                await self.look()
            except Unavailable:
                pass  # what is known goes on; others tell of the database
            except Exception:  # noqa: BLE001 - no fault may end the watch
                _log.exception("changed rules of attachments wait")

    def _learn(self, found: FileConfiguration) -> None:
        place = (found.instance_id, found.scope)
        known = self._known.get(place)
        # A look may have begun before a change that is known already.
        if known is None or known.modified_at < found.modified_at:
            self._known[place] = found
            self._rules[place] = found.over(self._policy.file_rules, self._policy.largest_file)

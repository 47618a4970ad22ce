"""Which files each instance lets in, as one node knows it."""

from __future__ import annotations

from openparticipant.domain.attachment import FileRules
from openparticipant.domain.file_configuration import FileConfiguration, Scope
from openparticipant.operations.looking import look_again
from openparticipant.ports import Clock, ContactStore, Policy


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
        await look_again(self._clock, self.look, "rules of attachments")

    def _learn(self, found: FileConfiguration) -> None:
        place = (found.instance_id, found.scope)
        known = self._known.get(place)
        # A look may have begun before a change that is known already.
        if known is None or known.modified_at < found.modified_at:
            self._known[place] = found
            self._rules[place] = found.over(self._policy.file_rules, self._policy.largest_file)

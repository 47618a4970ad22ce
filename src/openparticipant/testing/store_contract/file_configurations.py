"""What an instance decides on attached files stays, and each decision keeps the ones beside it."""
# ruff: noqa: D401 - each docstring states what holds, as a test's does

from __future__ import annotations

from dataclasses import replace
from typing import Any

from openparticipant.domain.file_configuration import FileConfiguration, Scope
from openparticipant.testing.store_contract.scene import INSTANCE, Scene, at_once, results


def _change(scene: Scene, **members: Any) -> FileConfiguration:
    nothing = FileConfiguration(INSTANCE, Scope.CHAT, None, None, scene.now)
    return replace(nothing, **members)


async def what_is_not_named_stays(scene: Scene) -> None:
    """Size and extensions are decided apart, and both outlast the process."""
    assert await scene.store.file_configurations() == []
    size = await scene.store.configure_files(_change(scene, largest=5))
    assert size == _change(scene, largest=5)
    scene.now += 1
    both = await scene.store.configure_files(_change(scene, extensions=("pdf", "txt")))
    assert both == _change(scene, largest=5, extensions=("pdf", "txt"))
    none = await scene.store.configure_files(_change(scene, scope=Scope.TASK, extensions=()))
    assert none.extensions == ()
    await scene.reopen()
    found = await scene.store.file_configurations()
    assert {each.scope: each for each in found} == {Scope.CHAT: both, Scope.TASK: none}


async def the_later_decision_is_the_later_one_whatever_clocks_say(scene: Scene) -> None:
    """A node whose clock is behind decides after one whose clock is not."""
    first = await scene.store.configure_files(_change(scene, largest=5))
    scene.now -= 1000
    second = await scene.store.configure_files(_change(scene, largest=6))
    assert second.largest == 6
    assert second.modified_at > first.modified_at


async def decisions_at_once_all_count(scene: Scene) -> None:
    """Neither undoes the other, and no two have one instant."""
    made = results(
        await at_once(
            scene.store.configure_files(change)
            for change in (_change(scene, largest=5), _change(scene, extensions=("pdf",)))
        )
    )
    (found,) = await scene.store.file_configurations()
    assert (found.largest, found.extensions) == (5, ("pdf",))
    assert len({each.modified_at for each in made}) == len(made)

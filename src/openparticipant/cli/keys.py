"""`keys list|add|retire`: the key pairs of a server, which are exchanged while it runs."""

from __future__ import annotations

from openparticipant.cli.own_command import ask
from openparticipant.cli.records import OPTIONS, open_records
from openparticipant.cli.refusal import UsageError
from openparticipant.cli.scan import Option, invalid_choice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.records import Records

VERBS = ("list", "add", "retire")
_PURPOSES = ("control", "objects")
_OPTIONS = (*OPTIONS, Option("--now", takes="nothing", exact=True))
_LINE = "{:20}  {:7}  {:24}  {}"


def run(arguments: list[str], world: Environment) -> int:
    """List, make or retire key pairs; returns 1 when that cannot be done."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as manual  # noqa: PLC0415

        world.write(manual.own_command("keys", world.program))
        return 0
    is_now = "--now" in asked.values
    if is_now and asked.words[:1] != ["retire"]:
        raise UsageError("--now applies to retire only")
    as_json = "--json" in asked.values
    match asked.words:
        case ["list"]:
            with open_records(asked, world) as records:
                world.write(_listed(records, as_json=as_json))
        case ["add", purpose]:
            if purpose not in _PURPOSES:
                raise UsageError(f"argument add: {invalid_choice(purpose, _PURPOSES)}")
            with open_records(asked, world) as records:
                world.write(_added(records, purpose, as_json=as_json))
        case ["retire", access_key_id]:
            with open_records(asked, world) as records:
                world.write(_retired(records, access_key_id, is_now=is_now, as_json=as_json))
        case _:
            raise UsageError("keys needs one of: list, add control|objects, retire ID")
    return 0


def _listed(records: Records, *, as_json: bool) -> str:
    keys = records.call("ListAccessKeys", {})["AccessKeys"]
    return _json(keys) if as_json else _table(keys)


def _added(records: Records, purpose: str, *, as_json: bool) -> str:
    """Make a key pair; for the shell of a back end, its two variables."""
    added = records.call("AddAccessKey", {"Purpose": purpose.upper()})
    if as_json:
        return _json([added])
    if "SecretAccessKey" not in added:
        return _table([added["AccessKey"]])
    return (
        f"export AWS_ACCESS_KEY_ID={added['AccessKey']['Id']}\n"
        f"export AWS_SECRET_ACCESS_KEY={added['SecretAccessKey']}\n"
    )


def _retired(records: Records, access_key_id: str, *, is_now: bool, as_json: bool) -> str:
    members = {"AccessKeyId": access_key_id, "IsLeaked": is_now}
    key = records.call("RetireAccessKey", members)["AccessKey"]
    return _json([key]) if as_json else _table([key])


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    from openparticipant.cli.json_lines import json_lines  # noqa: PLC0415 - for scripts

    return json_lines(rows)


def _table(keys: Sequence[Mapping[str, str]]) -> str:
    rows = [("ACCESS KEY", "FOR", "MADE", "ENDS")]
    rows += [
        (key["Id"], key["Purpose"].lower(), key["CreatedAt"], key.get("RetiresAt", "-"))
        for key in keys
    ]
    return "".join(f"{_LINE.format(*row)}\n" for row in rows)

"""`--output yaml`, as version 2 of the `aws` command spells it: blocks, keys sorted."""

from __future__ import annotations

import json

import yaml

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def yaml_text(value: Any) -> str:
    """Return the document; an empty object is nothing at all, a scalar is written as JSON."""
    if value == {}:
        return ""
    if not isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False) + "\n"
    try:
        # No line is folded: what a script cuts out of a line must be whole.
        return str(
            yaml.safe_dump(value, default_flow_style=False, allow_unicode=True, width=float("inf"))
        )
    except yaml.YAMLError as error:
        raise CommandError(str(error)) from None

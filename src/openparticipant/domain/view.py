"""Views: forms and cards that a chat page draws, registered by the operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """One view. `input_schema` and `template` are JSON texts, as clients expect them."""

    id: str
    name: str
    version: int
    input_schema: str
    template: str
    actions: tuple[str, ...]

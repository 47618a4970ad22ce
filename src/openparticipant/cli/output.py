"""How a result is put on standard output: which part of it, in which form."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError
from openparticipant.cli.rendering import json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.profile import Profile

FORMS = ("json", "text", "table", "yaml")
# What a table is laid out for where nobody looks at it.
_COLUMNS = 80


class Output:
    """A form that is known to work, chosen before the call whose answer it will show."""

    __slots__ = ("_coloured", "_columns", "_form", "_on_terminal", "_query")

    def __init__(self, options: GlobalOptions, world: Environment, profile: Profile) -> None:
        """Take the form from the option, else the environment, else the profile, else JSON.

        Raises CommandError for a form that is none, or whose package is not installed, and for a
        query that cannot succeed.
        """
        configured = world.environ.get("AWS_DEFAULT_OUTPUT", profile.get("output"))
        self._form = options.output or ("json" if configured is None else configured)
        if self._form not in FORMS:
            raise CommandError(f"Unknown output type: {self._form}")
        if self._form == "yaml":
            _require_yaml()
        self._query = options.query
        if self._query is not None:
            self._query.check_functions()
        columns = world.stdout_columns
        self._on_terminal = columns is not None
        self._columns = _COLUMNS if columns is None else columns
        self._coloured = options.color == "on" or (options.color == "auto" and self._on_terminal)

    def render(self, title: str, result: Any) -> str:
        """Return what goes to standard output; `title` stands above a table."""
        value = result if self._query is None else self._query.apply(result)
        if self._form == "json":
            return json_text(value)
        if self._form == "text":
            from openparticipant.cli.text_form import text  # noqa: PLC0415

            return text(value)
        if self._form == "yaml":
            from openparticipant.cli.yaml_form import yaml_text  # noqa: PLC0415

            return yaml_text(value)
        from openparticipant.cli.table_form import RESET, table  # noqa: PLC0415

        drawn = table(title, value, self._columns, coloured=self._coloured)
        # A terminal is left as it was found, even where nothing was drawn.
        return drawn + RESET if self._coloured and self._on_terminal else drawn


def _require_yaml() -> None:
    try:
        import yaml  # noqa: F401, PLC0415 - the answer must not be there when it is missing
    except ModuleNotFoundError:
        raise CommandError(
            "--output yaml needs a package that is not installed: pip install openparticipant[yaml]"
        ) from None

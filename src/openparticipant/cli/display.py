"""Files on their way, drawn on a terminal; nothing where nobody looks."""

from __future__ import annotations

from openparticipant.cli.safe_text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.text import Text

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.moved import Moved

# What is over sooner is not worth a drawing, nor the time that it takes to load.
_PATIENCE = 400  # ms
_MIB = 1024 * 1024
# From how many columns on there is room for a bar, and for the numbers.
_WITH_BAR = 32
_WITH_NUMBERS = 72
_TERMINAL = ("COLORTERM", "NO_COLOR", "TERM")


class Display:
    """A row for each file under way, and one that counts all; drawn anew at each `tick`.

    After `clear` the terminal is as it was: the rows gone, the cursor back where it was.
    """

    def __init__(self, world: Environment, total: int, *, wanted: bool) -> None:
        is_able = world.environ.get("TERM") not in {"dumb", "unknown"}
        self.ended = 0
        self._wanted = wanted and world.stderr_is_terminal and is_able
        self._world = world
        self._total = total
        self._began_at = world.clock()
        # When each file was first seen.
        self._seen: dict[Moved, int] = {}
        self._console: Console | None = None
        self._live: Live | None = None

    def tick(self, under_way: Sequence[Moved]) -> None:
        """Show how far these are."""
        if not self._wanted:
            return
        now = self._world.clock()
        self._seen = {each: self._seen.get(each, now) for each in under_way}
        if not self._seen or now - self._began_at < _PATIENCE:
            return
        try:
            self._draw(now)
        except OSError:  # the terminal has gone, and the files have not
            self._wanted = False

    def clear(self) -> None:
        """Take the rows away, so that a line may be written."""
        live, self._live = self._live, None
        if live is None:
            return
        try:
            live.stop()
        except OSError:
            self._wanted = False
        except BaseException:
            self._world.complain("\x1b[?25h")  # a second interrupt; the cursor comes first
            raise

    def _draw(self, now: int) -> None:
        from rich.console import Console  # noqa: PLC0415 - only for those who wait
        from rich.live import Live  # noqa: PLC0415

        if self._console is None:
            environ = self._world.environ
            self._console = Console(
                file=self._world.stderr,
                force_terminal=True,
                # Without COLUMNS and LINES: the terminal itself is asked, each time.
                _environ={name: environ[name] for name in _TERMINAL if name in environ},
            )
        rows = self._rows(self._console, now)
        if self._live is None:
            self._live = Live(
                console=self._console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._live.update(rows, refresh=True)

    def _rows(self, console: Console, now: int) -> RenderableType:
        from rich.console import Group  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415

        width, height = console.size
        # What does not fit between the first and the last line would scroll away for good.
        shown = list(self._seen.items())[: max(height - 2, 1)]
        facts = [_facts(moved, now - since, width) for moved, since in shown]
        table = Table.grid(padding=(0, 1, 0, 0))
        # Only the names may shrink: theirs is the one column that could wrap, and its cells do not.
        table.add_column()
        for _ in facts[0]:
            table.add_column(no_wrap=True)
        for (moved, _), each in zip(shown, facts, strict=True):
            # Not a string, in which [red] would be a colour.
            table.add_row(_one_line(printable(moved.name)), *each)
        if self._total == 1:
            return table
        return Group(table, _one_line(f"{self.ended} of {self._total} files"))


def _one_line(text: str) -> Text:
    from rich.text import Text  # noqa: PLC0415

    return Text(text, no_wrap=True, overflow="ellipsis")


def _facts(moved: Moved, elapsed: int, width: int) -> list[RenderableType]:
    from rich.progress_bar import ProgressBar  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    done, total = moved.bytes, moved.total
    facts: list[RenderableType] = []
    if width >= _WITH_BAR:
        facts.append(ProgressBar(total=max(total, 1), completed=done, width=min(width // 4, 30)))
    facts.append(Text(f"{done / total if total else 0:4.0%}"))
    if width >= _WITH_NUMBERS:
        pace = done / max(elapsed, 1) * 1000
        left = f"{_duration((total - done) / pace)} left" if pace and total else ""
        facts.append(Text(f"{done / _MIB:.1f} of {total / _MIB:.1f} MiB", justify="right"))
        facts.append(Text(f"{pace / _MIB:.1f} MiB/s", justify="right"))
        facts.append(Text(left, justify="right"))
    return facts


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

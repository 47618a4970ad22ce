"""The ways in which a command ends without having done its work."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class CommandError(Exception):
    """A sentence for the person at the terminal, and the exit status that goes with it.

    `code` names the kind of error for scripts.
    """

    code = "Client"

    def __init__(self, text: str, status: int = 255) -> None:
        super().__init__(text)
        self.status = status

    def render(self, program: str) -> str:
        """Return what goes to standard error."""
        del program
        return f"\n{self}\n"

    def details(self) -> dict[str, object]:
        """Return what is known of the error, for scripts."""
        return {"Code": self.code, "Message": str(self)}


class NoRegionError(CommandError):
    """The endpoint needs a region and nothing names one."""

    code = "NoRegion"

    def __init__(self) -> None:
        super().__init__(
            "You must specify a region. You can also configure your region by running "
            '"aws configure".'
        )

    def render(self, program: str) -> str:
        """Return the sentence; alone among its kind it has no blank line before it."""
        del program
        return f"{self}\n"


class UsageError(CommandError):
    """The words on the command line make no command."""

    code = "Usage"

    def __init__(self, text: str, meant: Sequence[str] = ()) -> None:
        """Take the sentence, and what may have been meant."""
        super().__init__(text, status=2)
        self.meant = meant

    def render(self, program: str) -> str:
        """Return how commands look, then what is wrong with this one."""
        return f"{_usage(program, self.meant)}{program}: error: {self}\n"


class UnknownOptionsError(CommandError):
    """Words are left that no level of the command knows."""

    code = "Usage"

    def __init__(self, words: list[str], meant: Sequence[str] = ()) -> None:
        """Take the words, and what may have been meant."""
        super().__init__(f"Unknown options: {', '.join(words)}")
        self.meant = meant

    def render(self, program: str) -> str:
        """Return how commands look, then the words."""
        return f"{_usage(program, self.meant)}\n{self}\n"


def _usage(program: str, meant: Sequence[str]) -> str:
    guess = f"  did you mean {' or '.join(meant)}?\n" if meant else ""
    return (
        f"usage: {program} [options] <command> [parameters]\n"
        f"  {program} help            lists the commands\n"
        f"  {program} <command> help  explains one\n"
        f"{guess}"
    )

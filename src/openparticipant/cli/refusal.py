"""The ways in which a command ends without having done its work."""

from __future__ import annotations


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

    def __init__(self, text: str) -> None:
        super().__init__(text, status=2)

    def render(self, program: str) -> str:
        """Return how commands look, then what is wrong with this one."""
        return f"{_usage(program)}{program}: error: {self}\n"


class UnknownOptionsError(CommandError):
    """Words are left that no level of the command knows."""

    code = "Usage"

    def __init__(self, words: list[str]) -> None:
        super().__init__(f"Unknown options: {', '.join(words)}")

    def render(self, program: str) -> str:
        """Return how commands look, then the words."""
        return f"{_usage(program)}\n{self}\n"


def _usage(program: str) -> str:
    return (
        f"usage: {program} [options] <command> [parameters]\n"
        f"  {program} help            lists the commands\n"
        f"  {program} <command> help  explains one\n"
    )

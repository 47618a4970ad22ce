"""What a person may have meant by a word that is none of the choices."""

from __future__ import annotations

from difflib import get_close_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openparticipant.cli.scan import Option

_MOST = 3
_SHORTEST = 4  # letters of a word that is looked for inside of the choices


def like(word: str, choices: Sequence[str]) -> list[str]:
    """Return the choices that a word resembles, or that hold it, the likeliest first.

    Capitals and underscores, as other tools and the service's model have them, make no difference.
    """
    plain = word.lower().replace("_", "-")
    if "-" not in word.lstrip("-"):
        plain = "".join(f"-{each}" if each.isupper() else each for each in word).lower()
        plain = plain.replace("---", "--")
    if plain in choices:
        return [plain]
    close = get_close_matches(plain, choices, n=1, cutoff=0.75)
    bare = plain.strip("-")
    if close or len(bare) < _SHORTEST:
        return close
    return [choice for choice in choices if bare in choice][:_MOST]


def options_like(words: Iterable[str], known: Iterable[Option]) -> list[str]:
    """Return the known options that unknown ones among the words resemble."""
    names = [option.name for option in known]
    options = (word.partition("=")[0] for word in words if word.startswith("--"))
    return [name for option in options for name in like(option, names)]

"""What a person may have meant by a word that is none of the choices."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import pairwise

from openparticipant.cli.bearer import OPTIONS as TOKENS
from openparticipant.cli.refusal import UnknownOptionsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openparticipant.cli.scan import Option

_HIDDEN = "[hidden]"
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


def unknown_options(
    unknown: Sequence[str], words: Sequence[str], known: Iterable[Option]
) -> UnknownOptionsError:
    """Return the error about those of the words that are unknown, with what they resemble.

    Where one resembles an option for a token, or speaks of one, what follows it may be the token,
    and is not shown.
    """
    names = [option.name for option in known]
    every = [*names, *TOKENS.values()]
    secrets = {after for word, after in pairwise(words) if _is_for_token(word, every)}
    shown, meant = [], []
    for word in unknown:
        name, equals, _ = word.partition("=")
        is_option = word.startswith("--")
        meant += like(name, names) if is_option else []
        if word in secrets:
            shown.append(_HIDDEN)
        elif equals and _is_for_token(name, every):
            shown.append(f"{name}={_HIDDEN}")
        else:
            shown.append(word)
    return UnknownOptionsError(shown, meant)


def _is_for_token(word: str, names: Sequence[str]) -> bool:
    if not word.startswith("--"):
        return False
    alike = like(word, names)
    return not set(TOKENS.values()).isdisjoint(alike) or (not alike and "token" in word.lower())

"""Values that stand in a file: `file://PATH` for text, `fileb://PATH` for bytes."""

from __future__ import annotations

import os.path

from openparticipant.cli.refusal import CommandError

_TEXT = "file://"
_BYTES = "fileb://"


def loaded(option: str, word: str) -> str | bytes:
    """Return what is in the file that `word` names, else `word` itself.

    The text is UTF-8 and keeps its last newline; `~` and `$NAME` in the path are expanded. A URL is
    a word like any other: nothing is fetched. Raises CommandError, which names the option.
    """
    try:
        return resolved(word)
    except CommandError as error:
        raise CommandError(f"Error parsing parameter '{option}': {error}") from None


def resolved(word: str) -> str | bytes:
    """Do as `loaded`, for a word that belongs to no option."""
    for prefix in (_TEXT, _BYTES):
        if word.startswith(prefix):
            path = os.path.expandvars(os.path.expanduser(word[len(prefix) :]))  # noqa: PTH111
            return _content(word, path, is_text=prefix == _TEXT)
    return word


def _content(word: str, path: str, *, is_text: bool) -> str | bytes:
    try:
        if is_text:
            with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib slows the start
                return file.read()
        with open(path, "rb") as binary:  # noqa: PTH123
            return binary.read()
    except UnicodeDecodeError:
        raise CommandError(
            f"Unable to load paramfile ({path}), text contents could not be decoded.  If this is "
            "a binary file, please use the fileb:// prefix instead of the file:// prefix."
        ) from None
    except OSError as error:
        raise CommandError(f"Unable to load paramfile {word}: {error}") from None

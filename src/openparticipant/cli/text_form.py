"""`--output text`: a line per object or list, its values between tabs, sorted by their keys.

The rules and their bytes are those of the `aws` command. Keys of values are not shown, and nothing
is escaped.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any


def text(value: Any) -> str:
    """Return the lines of a value."""
    return "".join("\t".join(fields) + "\n" for fields in _lines(value, None, None))


def _lines(value: Any, name: str | None, columns: Sequence[str] | None) -> Iterator[list[str]]:
    """Yield the fields of each line.

    `name` is the key that held the value; `columns` are the keys of an object that stands in a
    list, the same for all of the list.
    """
    match value:
        case dict():
            yield from _object_lines(value, name, columns)
        case list():
            yield from _list_lines(value, name)
        case _:
            yield _labelled(name, [str(value)])


def _object_lines(
    value: dict[str, Any], name: str | None, columns: Sequence[str] | None
) -> Iterator[list[str]]:
    if columns is None:
        columns = _scalar_keys([value])
    if columns:
        # A key that is a scalar elsewhere in the list shows whatever it holds here.
        yield _labelled(name, [str(value.get(key, "")) for key in columns])
    for key in sorted(value.keys() - set(columns)):
        yield from _lines(value[key], key, None)


def _list_lines(value: list[Any], name: str | None) -> Iterator[list[str]]:
    if any(isinstance(each, dict) for each in value):
        columns = _scalar_keys(value)
        for each in value:
            yield from _lines(each, name, columns)
        return
    scalars = [str(each) for each in value if not isinstance(each, list)]
    if name is not None:
        yield from (_labelled(name, [each]) for each in scalars)
    elif scalars:
        yield scalars
    for each in value:
        if isinstance(each, list):
            yield from _list_lines(each, name)


def _labelled(name: str | None, fields: list[str]) -> list[str]:
    return fields if name is None else [name.upper(), *fields]


def _scalar_keys(values: list[Any]) -> list[str]:
    objects = (each for each in values if isinstance(each, dict))
    return sorted(
        {
            key
            for each in objects
            for key, inner in each.items()
            if not isinstance(inner, (dict, list))
        }
    )

"""Lists, structures and flags: words, pairs, JSON."""

from __future__ import annotations

from tests.cli.against_aws.case import Case, Cases, Differs, calling
from tests.cli.worlds import TOKEN

IDS = ("complete-attachment-upload", *TOKEN, "--attachment-ids")
CONNECT = ("create-participant-connection", "--participant-token=T")
PAIRS = {
    "one": "MostRecent=3",
    "three": "Id=a b ,MostRecent= 0_3,AbsoluteTime='x, y'",
    "with a time": "Id=a,AbsoluteTime=2020-01-01T00:00:00Z",
    "an escape": r"Id=a\,b=c",
    "a quoted quote": r'Id="a\"b"',
    "a single quote in single quotes": r"Id='a\'b'",
    "unknown": "Bad=3,Id=",
    "a list": "Id=a,b",
    "a list in brackets": "Id=[a,b]",
    "an empty list": "Id=[]",
    "a map": "Id={a=[b,c]}",
    "a list of numbers": "MostRecent=3,4",
    "no number": "MostRecent=x",
    "an empty number": "MostRecent=",
    "a number below": "MostRecent=0",
    "twice": "Id=a,Id=b",
    "beyond ASCII": "Id=é☃",
    "in capitals": "id=a",
    "a list in JSON": '["a"]',
    "from a file": "Id@=file://value",
    "from no file": "Id@=file://none",
    "an at sign without a file": "Id@=a",
}
# The text, what was expected and what received, and where.
MISTAKES = {
    "a comma at the end": ("Id=a,", "<second>", "<none>", 5),
    "blanks around": ("  Id = a , MostRecent = 3 ", "=", "I", 2),
    "no equals sign": ("MostRecent", "=", "EOF", 10),
    "a quote that does not end": ('Id="a', "<double quoted>", "<none>", 3),
    "a bracket that does not end": ("Id=[a", ",", "EOF", 5),
    "an empty word": ("", "=", "EOF", 0),
}
DOCUMENTS = {
    "whole": '{"Id": "a", "MostRecent": 3}',
    "blank before": ' {"MostRecent": 3}',
    "empty": "{}",
    "wrong types": '{"MostRecent": "3", "Bad": 1}',
    "nested": '{"Id": {"a": 1}}',
    "null": '{"Id": null}',
    "a float": '{"MostRecent": 3.0}',
    "a list": "[1]",
    "twice": '{"Id": "a", "Id": "b"}',
    "a file's name": '{"Id": "file://value"}',
}
NO_JSON = {"broken": "{bad", "not closed": '{"Id": "a"', "two": "{} {}"}
LISTS = {
    "two words": ("a", "b"),
    "JSON": ('["a", "b"]',),
    "a comma": ("a,b",),
    "a list behind a word": ("a", "[b]"),
    "two lists": ('["a"]', '["b"]'),
    "empty list": ("[]",),
    "empty word": ("",),
    "nothing": (),
    "numbers": ("[1, null]",),
    "a string in JSON": ('"a"',),
    "a structure": ('{"a": 1}',),
    "a dash": ("-", "-1"),
}


def _position(text: str, python: str | None = None, differs: Differs | None = None) -> Case:
    words = ("get-transcript", *TOKEN, "--start-position", text)
    return calling(*words, files={"value": b"from\nfile"}, python=python, differs=differs)


def _mistaken(text: str, expected: str, received: str, at: int) -> Case:
    said = (
        f"\nError parsing parameter '--start-position': Expected: '{expected}', "
        f"received: '{received}' for input:\n{text}\n{' ' * at}^\n"
    )
    return _position(text, differs=Differs("structure-mistakes", said=said))


CASES: Cases = {
    **{f"pairs, {name}": _position(text) for name, text in PAIRS.items()},
    "pairs, no key": _position("=3"),
    **{f"mistake, {name}": _mistaken(*its) for name, its in MISTAKES.items()},
    **{f"structure, {name}": _position(text) for name, text in DOCUMENTS.items()},
    **{f"structure, {name}": _position(text, "Invalid JSON: ") for name, text in NO_JSON.items()},
    **{f"list, {name}": calling(*IDS, *words) for name, words in LISTS.items()},
    "list, broken": calling(*IDS, '["a"', python="Invalid JSON: "),
    "list, given twice": calling(*IDS, "a", "--attachment-ids", "b", "c"),
    "list, attached": calling("complete-attachment-upload", *TOKEN, "--attachment-ids=a"),
    "list, attached, and a word": calling(
        "complete-attachment-upload", *TOKEN, "--attachment-ids=a", "b"
    ),
    "types as JSON": calling(*CONNECT, "--type", '["A", 1]'),
    "a type that is none": calling(*CONNECT, "--type", "FOO"),
    "a flag": calling(*CONNECT, "--connect-participant"),
    "no flag": calling(*CONNECT, "--no-connect-participant"),
    "both flags": calling(*CONNECT, "--connect-participant", "--no-connect-p"),
    "both flags, the other way": calling(*CONNECT, "--no-connect-p", "--connect-p"),
    "a flag with a value": calling(*CONNECT, "--connect-participant=true"),
    "a flag with a word": calling(*CONNECT, "--connect-participant", "true"),
}

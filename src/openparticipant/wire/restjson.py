"""rest-json: bytes to shape, shape to bytes, error to body.

`Codec` is the one place where bytes of a request become a value; whatever is wrong with them, it
raises the plane's own refusal and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from openparticipant.errors import ServiceError
from openparticipant.wire.service import Operation
from openparticipant.wire.shapes import Shape

_PATH = re.compile(r"^(?P<what>.*?) - at `\$\.?(?P<path>.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<name>\w+)`")
_BOUND = re.compile(
    r"^Expected `(?P<kind>\w+)`(?P<length> of length)? (?P<op><=|>=) (?P<bound>\d+)"
)
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<name>[^`]*)`")
_TYPE = re.compile(r"^Expected `(?P<want>[^`]+)`, got `(?P<got>\w+)`")

_encoder = msgspec.json.Encoder()
_any_decoder = msgspec.json.Decoder()
_members_decoder = msgspec.json.Decoder(dict[str, Any])
_NUL_IN_ADDRESS = "The address contains the character U+0000."


class Codec:
    """Reads the requests and writes the answers of one operation."""

    def __init__(self, operation: Operation, refusal: Callable[[str], ServiceError]) -> None:
        self._decoder = msgspec.json.Decoder(operation.request)
        self._request = operation.request
        self._path_members = tuple(
            part[1:-1] for part in operation.path.split("/") if part.startswith("{")
        )
        self._bodyless = operation.method == "GET"
        # AWS's members begin with a small letter in a query, and nowhere else; where a member that
        # is not known is refused, it is our own API, whose names are the same everywhere.
        self._has_small_letters = not operation.request.__struct_config__.forbid_unknown_fields
        self._refusal = refusal

    def decode(self, body: bytes, path_values: tuple[str, ...] = (), query: bytes = b"") -> Shape:
        """Return the request that body, or raw path parts and query, spell, or raise the refusal."""
        try:
            if self._bodyless:
                return self._decode_target(path_values, query)
            return self._decode_body(body, path_values)
        except msgspec.ValidationError as error:
            raise self._refusal(explain(str(error))) from None
        except (msgspec.DecodeError, UnicodeError):
            what = "address is not" if self._bodyless else "request is not valid JSON in"
            raise self._refusal(f"The {what} UTF-8.") from None
        except RecursionError:
            raise self._refusal("The request body is nested too deeply.") from None

    def _decode_target(self, path_values: tuple[str, ...], query: bytes) -> Shape:
        pairs = self._in_path(path_values)
        asked = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict"
        )
        if self._has_small_letters:
            asked = [(name[:1].upper() + name[1:], value) for name, value in asked]
        pairs += asked
        members = dict(pairs)
        if _holds_nul(members):
            raise self._refusal(_NUL_IN_ADDRESS)
        if len(members) < len(pairs):
            raise self._refusal("The address has a member twice.")
        # Numbers come as text there.
        return msgspec.convert(members, self._request, strict=False)

    def _in_path(self, path_values: tuple[str, ...]) -> list[tuple[str, str]]:
        return [
            (name, unquote(value, errors="strict"))
            for name, value in zip(self._path_members, path_values, strict=True)
        ]

    def _decode_body(self, body: bytes, path_values: tuple[str, ...]) -> Shape:
        if not body.isascii():
            body.decode()
        # The escape may also stand behind an escaped backslash, so look at the values before refusing.
        if b"\\u0000" in body and _holds_nul(_any_decoder.decode(body)):
            raise self._refusal("The request contains the character U+0000.")
        # SDKs leave the body out where an operation needs no member.
        if not self._path_members:
            shape: Shape = self._decoder.decode(body or b"{}")
            return shape
        members = _members_decoder.decode(body or b"{}")
        in_path = dict(self._in_path(path_values))
        if _holds_nul(in_path):
            raise self._refusal(_NUL_IN_ADDRESS)
        return msgspec.convert(members | in_path, self._request)


def _holds_nul(value: Any) -> bool:
    """Tell whether any string in a JSON value, keys included, holds U+0000."""
    match value:
        case str():
            return "\0" in value
        case list():
            return any(_holds_nul(element) for element in value)
        case dict():
            return any(_holds_nul(key) or _holds_nul(element) for key, element in value.items())
        case _:
            return False


def encode(shape: Shape) -> bytes:
    """Write a response body; absent members stay off the line."""
    return _encoder.encode(shape)


def fingerprint(request: Shape) -> bytes:
    """Return a digest that equal requests share, whatever their client token and key order."""
    bare = msgspec.structs.replace(request, client_token=None)
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).digest()


def encode_error(error: ServiceError) -> bytes:
    """Write an error body.

    Browsers that cannot see the type header find it in `__type`.
    """
    return encode_refusal(error.code, error.message, error.members())


def encode_refusal(code: str, message: str, members: Mapping[str, str] | None = None) -> bytes:
    """Write an error body from its parts."""
    return _encoder.encode({"__type": code, "Message": message, **(members or {})})


def explain(problem: str) -> str:
    """Put a constraint violation in words that can be shown to the person who typed.

    `problem` is the text of msgspec's ValidationError, which names the member.
    """
    at = _PATH.match(problem)
    what, member = (at["what"], at["path"]) if at else (problem, "")
    subject = member or "The request"
    if missing := _MISSING.match(what):
        name = f"{member}.{missing['name']}" if member else missing["name"]
        return f"{name} is required."
    if unknown := _UNKNOWN.match(what):
        return f"There is no member {unknown['name']}."
    if bound := _BOUND.match(what):
        return f"{subject} must {_bound_in_words(bound)}."
    if wrong := _TYPE.match(what):
        want = wrong["want"].removesuffix(" | null")
        return f"{subject} must be of type {_JSON_TYPES.get(want, want)}."
    if what.startswith("Invalid enum value"):
        return f"{subject} has a value that is not allowed."
    return f"{subject} is not valid."


_JSON_TYPES = {"str": "string", "int": "integer", "bool": "boolean"}


def _bound_in_words(bound: re.Match[str]) -> str:
    limit = f"at {'most' if bound['op'] == '<=' else 'least'} {bound['bound']}"
    if bound["kind"] == "str":
        return f"have {limit} character{'' if bound['bound'] == '1' else 's'}"
    if bound["length"]:
        return f"have {limit} element{'' if bound['bound'] == '1' else 's'}"
    return f"be {limit}"

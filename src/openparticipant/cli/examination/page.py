"""The requests that a web page's script would make, and what a browser makes of their answers.

Source: the Fetch standard's CORS protocol; header names as amazon-connect-chatjs 5.0.0 sends them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from openparticipant.cli.client import Answer, error_of
from openparticipant.cli.examination.report import WrongError
from openparticipant.cli.http import Exchange, without_query
from openparticipant.cli.refusal import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from http.client import HTTPMessage

    from openparticipant.cli.reach import Reach

_MOST = 1024 * 1024
_ALLOW_ORIGIN = "access-control-allow-origin"
_SAFE_METHODS = {"GET", "HEAD", "POST"}
_PORTS = {"http": 80, "https": 443}


class Heard(Answer):
    """A whole answer, and in which version of HTTP it came, as 11."""

    __slots__ = ("version",)

    def __init__(
        self, status: int, reason: str, headers: HTTPMessage, body: bytes, version: int
    ) -> None:
        super().__init__(status, reason, headers, body)
        self.version = version

    @property
    def told(self) -> str:
        """The answer in a few words."""
        if 200 <= self.status < 300:
            return str(self.status)
        kind = self.headers.get_content_type()
        if kind == "application/json":
            try:
                code, message = error_of(self)
            except Exception:  # noqa: BLE001 - whatever it is, it is no error of the service
                return f"{self.status} with JSON that is no error"
            said = f"{self.status} {code}: {message}"
        else:
            said = f"{self.status} {self.reason} ({kind})"
        request_id = self.headers.get("x-amzn-requestid")
        return f"{said} [request {request_id}]" if request_id else said


class Page:
    """A page of one origin."""

    def __init__(self, origin: str, reach: Reach) -> None:
        """Raise UsageError for what no browser sends as an origin."""
        self.origin = _origin(origin)
        self.reach = reach

    def ask(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> Heard:
        """Send a request of the page; raises NoAnswerError."""
        pairs = [("Origin", self.origin), *headers]
        with Exchange(method, url, pairs, self.reach, without_query(url)) as exchange:
            if body:
                exchange.send(body)
            got = exchange.answer()
            read = exchange.read(got, _MOST)
        return Heard(got.status, got.reason, got.headers, read, got.version)

    def post(self, url: str, bearer: str, members: dict[str, Any], mend: str) -> Any:
        """Call an operation as a script does; `mend` is for an answer that it may not read.

        Returns the JSON object. Raises WrongError, NoAnswerError.
        """
        body = json.dumps(members).encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("x-amz-bearer", bearer),
        ]
        heard = self.ask("POST", url, headers, body)
        self.require_readable(heard, mend)
        try:
            answer = json.loads(heard.body)
        except ValueError:
            answer = None
        if heard.status != 200 or not isinstance(answer, dict):
            raise WrongError(f"the service answered {heard.told}", _why(heard))
        return answer

    def require_readable(self, heard: Heard, mend: str) -> None:
        """Raise WrongError where the browser hides the answer from the page."""
        complaint = self.complaint(heard.headers)
        if complaint is not None:
            raise WrongError(f"the answer {heard.told} {complaint}", _mend(heard.headers, mend))

    def complaint(self, headers: HTTPMessage) -> str | None:
        """Say why the page may not read an answer, None if it may."""
        values = headers.get_all(_ALLOW_ORIGIN) or []
        if not values:
            return "has no Access-Control-Allow-Origin, so the browser hides it from the page"
        if len(values) > 1 or "," in values[0]:
            return f"says Access-Control-Allow-Origin twice ({', '.join(values)}), which none takes"
        if values[0] not in {"*", self.origin}:
            return f"lets in pages of {values[0]}, not of {self.origin}"
        return None

    def preflight(self, url: str, method: str, names: Sequence[str], mend: str) -> Heard:
        """Ask whether the page may send this method with these headers.

        Raises WrongError with `mend`, NoAnswerError.
        """
        headers = [("Access-Control-Request-Method", method)]
        if names:
            headers.append(("Access-Control-Request-Headers", ",".join(sorted(names))))
        heard = self.ask("OPTIONS", url, headers)
        what = f"the preflight of {method} {urlsplit(url).path}"
        mend = _mend(heard.headers, mend)
        if not 200 <= heard.status < 300:
            raise WrongError(f"{what} is answered {heard.told}", mend)
        complaint = self.complaint(heard.headers)
        if complaint is not None:
            raise WrongError(f"{what} {complaint}", mend)
        methods = _listed(heard.headers, "access-control-allow-methods")
        if method not in _SAFE_METHODS and not {method.lower(), "*"} & methods:
            raise WrongError(f"{what} does not allow the method", mend)
        allowed = _listed(heard.headers, "access-control-allow-headers")
        # The standard has `*` stand for all but this one.
        missing = [
            name
            for name in names
            if name not in allowed and ("*" not in allowed or name == "authorization")
        ]
        if missing:
            raise WrongError(f"{what} does not allow the headers {', '.join(missing)}", mend)
        return heard


def exposed(headers: HTTPMessage) -> set[str]:
    """Return the names of the headers that a page's script may read, in lower case."""
    return _listed(headers, "access-control-expose-headers")


def _listed(headers: HTTPMessage, name: str) -> set[str]:
    values = headers.get_all(name) or []
    return {each.strip().lower() for value in values for each in value.split(",")}


def _mend(headers: HTTPMessage, mend: str) -> str:
    if len(headers.get_all(_ALLOW_ORIGIN) or []) > 1:
        return (
            "a proxy writes it beside the server: take `add_header access-control-…` out of what "
            "it passes on"
        )
    return mend


def _why(heard: Heard) -> str:
    if heard.status == 413:
        return "the proxy takes smaller bodies only: `client_max_body_size 1m;` for the operations"
    if heard.status == 403:
        return (
            "the token is wrong or has expired, or its chat has ended: the server's log tells "
            "which, under the request's id"
        )
    return "the server's log tells more, under the request's id"


def _origin(text: str) -> str:
    """Return an origin as browsers write it."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if parts.scheme not in _PORTS or not host or parts.path not in {"", "/"}:
        host = None
    if host is None or parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(
            "--origin is the scheme, host and port of the page, as in https://chat.example.org"
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (
        f":{port}" if port not in {None, _PORTS[parts.scheme]} else ""
    )

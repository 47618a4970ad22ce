"""Call operations of a service the way SDKs do: build, send, try again, read."""

from __future__ import annotations

import json
import sys
from urllib.parse import quote, urlencode, urlsplit

import openparticipant
from openparticipant.cli.attempts import Attempts
from openparticipant.cli.http import Exchange, NoAnswerError
from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.client import HTTPMessage
    from typing import Any, TypeAlias

    from openparticipant.cli.endpoint import Endpoint
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.table import Operation

    Signer: TypeAlias = Callable[[str, str, dict[str, str], bytes], dict[str, str]]

# What stays as it is in the path of an endpoint, escapes included.
_PATH = "/%~!$&'()*+,;=:@"
# The member that makes a repeat harmless.
ONCE = "ClientToken"


class Request:
    """One request, ready to be sent as often as it takes."""

    __slots__ = ("body", "headers", "method", "url")

    def __init__(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body


class Answer:
    """A whole answer."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(self, status: int, reason: str, headers: HTTPMessage, body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body


class RefusedError(CommandError):
    """The service answered with an error, at last in that attempt."""

    def __init__(self, operation: str, answer: Answer, attempt: int, *, ran_out: bool) -> None:
        """Take what came; `ran_out` where it is put down to the end of attempts."""
        code, message = error_of(answer)
        reached = f" (reached max retries: {attempt - 1})" if ran_out else ""
        super().__init__(
            f"An error occurred ({code}) when calling the {operation} operation{reached}: {message}"
        )
        self.code = code
        self.message = message
        self._operation = operation
        self._answer = answer
        self._attempts = attempt

    def details(self) -> dict[str, object]:
        """Return all that tells of the call; the request id is null where none was given."""
        return {
            "Code": self.code,
            "Message": self.message,
            "Operation": self._operation,
            "HttpStatus": self._answer.status,
            "RequestId": self._answer.headers.get("x-amzn-requestid"),
            "Attempts": self._attempts,
        }


class Client:
    """One service at one endpoint.

    `signer` turns method, URL, headers and body into the headers that authenticate them; without
    one, an operation's bearer is all.
    """

    def __init__(
        self,
        world: Environment,
        options: GlobalOptions,
        endpoint: Endpoint,
        signer: Signer | None = None,
    ) -> None:
        self.world = world
        self.reach = endpoint.reach
        self._retries = endpoint.retries
        self._debug = options.debug
        self._url = endpoint.url
        self._signer = signer

    def call(self, operation: Operation, members: Mapping[str, Any]) -> Any:
        """Return the answer's JSON object, empty where it has none.

        A client token is made where the operation takes one and `members` lacks it. Raises
        RefusedError for an error of the service, NoAnswerError when there was no answer.
        """
        if ONCE in operation["input"] and ONCE not in members:
            members = {**members, ONCE: self.world.uuid()}
        request = self._build(operation, members)
        times = self.attempts()
        ttl = ""
        for attempt in times:
            counted = "" if attempt == 1 else f"; max={self._retries.most}"
            request.headers["amz-sdk-request"] = f"{ttl}attempt={attempt}{counted}"
            try:
                answer = self._send(request)
            except NoAnswerError as error:
                error.attempts = attempt
                if times.are_over or not error.retryable:
                    raise
                continue
            if answer.status < 300:
                return _json(answer.body)
            code, _ = error_of(answer)
            passing = self._retries.is_passing(answer.status, code)
            if times.are_over or not passing:
                ran_out = self._retries.ran_out(attempt, passing=passing)
                raise RefusedError(operation["name"], answer, attempt, ran_out=ran_out)
            times.heed(answer.headers.get("retry-after"))
            ttl = self._time_to_live(answer) or ttl
        raise AssertionError("the last attempt returns or raises")

    def attempts(self) -> Attempts:
        """Count what is tried again as this client's calls are."""
        return Attempts(self.world, self._retries)

    def _time_to_live(self, answer: Answer) -> str:
        """Say how long the next answer is awaited, by the clock of the server; empty without one."""
        from calendar import timegm  # noqa: PLC0415 - only after an error
        from time import gmtime, strftime, strptime  # noqa: PLC0415

        try:
            date = strptime(answer.headers.get("date", ""), "%a, %d %b %Y %H:%M:%S %Z")
        except ValueError:
            return ""
        if self.reach.read_timeout is None:
            return ""
        until = gmtime(timegm(date) + self.reach.read_timeout)
        return strftime("ttl=%Y%m%dT%H%M%SZ; ", until)

    def _build(self, operation: Operation, members: Mapping[str, Any]) -> Request:
        left = {name: value for name, value in members.items() if value is not None}
        headers = {}
        # Where checks are switched off, it may be absent or no text; what that means, the service
        # says.
        if operation["bearer"] in left:
            headers["X-Amz-Bearer"] = str(left.pop(operation["bearer"]))
        path = operation["path"]
        for part in path.split("/"):
            if part.startswith("{"):
                if part[1:-1] not in left:
                    raise CommandError(f'Missing required parameter in input: "{part[1:-1]}"')
                path = path.replace(part, quote(str(left.pop(part[1:-1])), safe="-._~"))
        body = None
        query = ""
        if operation["method"] == "GET":
            # There, and only there, members of AWS's model begin with a small letter.
            asked = {
                name[:1].lower() + name[1:] if name in operation["input"] else name: value
                for name, value in left.items()
            }
            query = urlencode(asked, quote_via=quote)
        else:
            headers["Content-Type"] = "application/json"
            body = _document(left)
        headers["User-Agent"] = _user_agent()
        headers["amz-sdk-invocation-id"] = self.world.uuid()
        parts = urlsplit(self._url)
        url = parts._replace(
            path=quote(parts.path.removesuffix("/"), safe=_PATH) + path, query=query or parts.query
        ).geturl()
        return Request(operation["method"], url, headers, body)

    def _send(self, request: Request) -> Answer:
        headers = dict(request.headers)
        body = request.body or b""
        if self._signer is not None:
            headers |= self._signer(request.method, request.url, headers, body)
        if request.body is not None:
            headers["Content-Length"] = str(len(body))
        if self._debug:
            from openparticipant.cli import trace  # noqa: PLC0415 - for the curious only

            trace.request(self.world, request.method, request.url, headers, body)
        pairs = [
            (name, value.encode("utf-8", "surrogateescape")) for name, value in headers.items()
        ]
        with Exchange(request.method, request.url, pairs, self.reach, request.url) as exchange:
            if body:
                exchange.send(body)
            got = exchange.answer()
            answer = Answer(got.status, got.reason, got.headers, exchange.read(got))
        if self._debug:
            trace.answer(self.world, answer)
        return answer


def _document(members: dict[str, Any]) -> bytes:
    try:
        return json.dumps(members).encode()
    except TypeError as error:  # bytes, where checks are switched off
        raise CommandError(str(error)) from None


def error_of(answer: Answer) -> tuple[str, str]:
    """Return code and message of an error answer; both can always be shown."""
    status = str(answer.status)
    body = answer.body.strip()
    if answer.status >= 500 and (not body or body.startswith(b"<html>")):
        from http.client import responses  # noqa: PLC0415 - rarely needed

        return status, responses.get(answer.status, "")
    try:
        value = json.loads(answer.body) if body else {}
    except ValueError:
        value = {"message": answer.body.decode(errors="replace")}
    _require_object(value)
    code = answer.headers.get("x-amzn-errortype") or value.get("code") or value.get("Code")
    code = code or value.get("__type") or status
    message = value.get("message", value.get("Message", ""))
    return str(code).partition(":")[0].rpartition("#")[2], str(message)


def _json(body: bytes) -> Any:
    try:
        value = json.loads(body)
    except UnicodeDecodeError as error:
        raise CommandError(str(error)) from None
    except ValueError:
        # As the `aws` command does: a success without JSON is a success without members.
        return {}
    if value is None:
        raise CommandError("'NoneType' object is not iterable")
    _require_object(value)
    return value


def _require_object(value: object) -> None:
    if not isinstance(value, dict):
        raise CommandError(f"'{type(value).__name__}' object has no attribute 'get'")


def _user_agent() -> str:
    python = ".".join(str(number) for number in sys.version_info[:3])
    return f"openparticipant/{openparticipant.__version__} Python/{python}"

"""One HTTP request on a connection of its own, with the sentences for what can go wrong."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, InvalidURL
from urllib.parse import urlsplit

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

    from openparticipant.cli.endpoint import Endpoint
    from openparticipant.cli.global_options import GlobalOptions

    Headers = Iterable[tuple[str, str | bytes]]


class NoAnswerError(CommandError):
    """The other side gave no whole answer; `retryable` where it might the next time."""

    code = "NoAnswer"

    def __init__(self, text: str, *, retryable: bool = True) -> None:
        super().__init__(text)
        self.retryable = retryable
        self.attempts = 1

    def details(self) -> dict[str, object]:
        """Return also how often it was tried."""
        return {**super().details(), "Attempts": self.attempts}


class Reach:
    """How far a command goes for an answer: seconds to wait (None for ever), whom to trust.

    `opened`, where there is one, is told of each connection before anything is sent on it.
    """

    __slots__ = ("connect_timeout", "opened", "read_timeout", "trust")

    def __init__(self, options: GlobalOptions, endpoint: Endpoint) -> None:
        """Raise CommandError for a time-out below zero."""
        self.trust = endpoint.trust
        self.connect_timeout = _seconds("connect", options.connect_timeout)
        self.read_timeout = _seconds("read", options.read_timeout)
        self.opened: Callable[[Exchange], None] | None = None


class Exchange:
    """A request that is sent piece by piece, then its answer, read piece by piece.

    All methods raise NoAnswerError, which names `shown`: the URL without its secrets.
    """

    def __init__(self, method: str, url: str, headers: Headers, reach: Reach, shown: str) -> None:
        self._shown = shown
        self._reach = reach
        self._connection = self._connect(url)
        # The connection lets go of it once the answer's head is read.
        self._socket = self._connection.sock
        try:
            if reach.opened is not None:
                reach.opened(self)
            self._send_head(method, url, headers)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def cut(self) -> None:
        """Wake the thread that is sending or reading; it finds the connection closed."""
        try:  # noqa: SIM105 - contextlib would be a tenth of the start
            # Not that of an encrypted one, which would say good-bye and might wait.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            pass  # it has been closed already

    def send(self, piece: bytes) -> None:
        """Send a piece of the body."""
        try:
            self._connection.send(piece)
        except OSError as error:
            raise self._failure(error) from error

    def answer(self) -> HTTPResponse:
        """Wait for the head of the answer."""
        try:
            return self._connection.getresponse()
        except (OSError, HTTPException) as error:
            raise self._failure(error) from error

    def read(self, answer: HTTPResponse, size: int | None = None) -> bytes:
        """Read at most `size` bytes of the answer's body, or all."""
        try:
            return answer.read(size)
        except (OSError, HTTPException) as error:
            raise self._failure(error) from error

    def _connect(self, url: str) -> HTTPConnection:
        parts = urlsplit(url)
        timeout = self._reach.connect_timeout
        try:
            if parts.scheme.lower() == "https":
                connection: HTTPConnection = self._secured(parts.netloc, timeout)
            else:
                connection = HTTPConnection(parts.netloc.rpartition("@")[2], timeout=timeout)
            connection.connect()
        except TimeoutError:
            raise NoAnswerError(f'Connect timeout on endpoint URL: "{self._shown}"') from None
        except (InvalidURL, UnicodeError) as error:
            text = f"An HTTP Client raised an unhandled exception: {error}"
            raise NoAnswerError(text, retryable=False) from None
        except OSError as error:
            if _is_about_trust(error) or isinstance(error, FileNotFoundError):
                # Unlike the `aws` command, which tries five times: a certificate does not change.
                text = f"SSL validation failed for {self._shown} {error}"
                raise NoAnswerError(text, retryable=False) from None
            text = f'Could not connect to the endpoint URL: "{self._shown}"'
            raise NoAnswerError(text) from None
        connection.sock.settimeout(self._reach.read_timeout)
        return connection

    def _secured(self, netloc: str, timeout: int | None) -> HTTPSConnection:
        import ssl  # noqa: PLC0415 - plain http does without

        trust = self._reach.trust
        context = ssl.create_default_context(cafile=trust if isinstance(trust, str) else None)
        if trust is False:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return HTTPSConnection(netloc.rpartition("@")[2], timeout=timeout, context=context)

    def _send_head(self, method: str, url: str, headers: Headers) -> None:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            self._connection.putrequest(method, target)
            for name, value in headers:
                self._connection.putheader(name, value)
            self._connection.endheaders()
        except ValueError:
            # The value may be a secret, so it is not shown.
            text = "An HTTP Client raised an unhandled exception: Invalid header value"
            raise NoAnswerError(text, retryable=False) from None
        except (OSError, HTTPException) as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError | HTTPException) -> NoAnswerError:
        if isinstance(error, TimeoutError):
            return NoAnswerError(f'Read timeout on endpoint URL: "{self._shown}"')
        return NoAnswerError(
            "Connection was closed before we received a valid response "
            f'from endpoint URL: "{self._shown}".'
        )


def without_query(url: str) -> str:
    """Return a URL without the part that may hold a signature."""
    return url.partition("?")[0]


def _seconds(what: str, value: int) -> int | None:
    if value < 0:
        raise CommandError(
            f"Attempted to set {what} timeout to {value}, "
            "but the timeout cannot be set to a value less than or equal to 0."
        )
    return value or None


def _is_about_trust(error: OSError) -> bool:
    return any(kind.__name__ == "SSLError" for kind in type(error).__mro__)

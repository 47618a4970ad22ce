"""One HTTP request on a connection of its own, with the sentences for what can go wrong."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, InvalidURL
from urllib.parse import SplitResult, urlsplit

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from ssl import SSLContext
    from typing import Self

    from openparticipant.cli.reach import Reach

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


class Exchange:
    """A request that is sent piece by piece, then its answer, read piece by piece.

    All methods raise NoAnswerError, which names `shown`: the URL without its secrets.
    """

    def __init__(self, method: str, url: str, headers: Headers, reach: Reach, shown: str) -> None:
        self._shown = shown
        self._reach = reach
        self._proxy = reach.proxy(url)
        parts = urlsplit(url)
        self._connection = self._connect(parts)
        # The connection lets go of it once the answer's head is read.
        self._socket = self._connection.sock
        try:
            if reach.opened is not None:
                reach.opened(self)
            self._send_head(method, parts, headers)
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

    def read_on(self, answer: HTTPResponse) -> bytes:
        """Read what follows an answer that switched protocols; nothing, once the other side ends."""
        try:
            return answer.fp.read1(64 * 1024)
        except OSError as error:
            raise self._failure(error) from error

    def _connect(self, parts: SplitResult) -> HTTPConnection:
        try:
            connection = self._unconnected(parts)
            try:
                connection.connect()
            except BaseException:
                connection.close()
                raise
        except TimeoutError:
            raise NoAnswerError(f'Connect timeout on endpoint URL: "{self._shown}"') from None
        except (InvalidURL, UnicodeError) as error:
            text = f"An HTTP Client raised an unhandled exception: {error}"
            raise NoAnswerError(text, retryable=False) from None
        except (OSError, HTTPException) as error:
            raise self._no_connection(error) from None
        connection.sock.settimeout(self._reach.read_timeout)
        return connection

    def _unconnected(self, parts: SplitResult) -> HTTPConnection:
        proxy, timeout = self._proxy, self._reach.connect_timeout
        netloc = parts.netloc.rpartition("@")[2]
        match parts.scheme:
            case "http" if proxy is not None:
                return HTTPConnection(proxy.host, proxy.port, timeout=timeout)
            case "http":
                return HTTPConnection(netloc, timeout=timeout)
            case "https" if proxy is not None:
                context = self._context()
                tunnel = HTTPSConnection(proxy.host, proxy.port, timeout=timeout, context=context)
                tunnel.set_tunnel(netloc, headers=proxy.headers)
                return tunnel
            case "https":
                return HTTPSConnection(netloc, timeout=timeout, context=self._context())
        raise InvalidURL(f"Not supported URL scheme {parts.scheme}")

    def _context(self) -> SSLContext:
        import ssl  # noqa: PLC0415 - plain http does without

        trust = self._reach.trust
        try:
            context = ssl.create_default_context(cafile=trust if isinstance(trust, str) else None)
        except OSError as error:
            raise self._distrust(error) from None
        if trust is False:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _no_connection(self, error: OSError | HTTPException) -> NoAnswerError:
        if _is_about_trust(error):
            return self._distrust(error)
        if self._proxy is None:
            return NoAnswerError(f'Could not connect to the endpoint URL: "{self._shown}"')
        text = f'Failed to connect to proxy URL: "{self._proxy.shown}"'
        _, refused, answer = str(error).partition("Tunnel connection failed: ")
        if refused:
            return NoAnswerError(f"{text}: it answered {answer}", retryable=answer[:1] == "5")
        return NoAnswerError(text)

    def _distrust(self, error: Exception) -> NoAnswerError:
        # Unlike the `aws` command, which tries five times: a certificate does not change.
        return NoAnswerError(f"SSL validation failed for {self._shown} {error}", retryable=False)

    def _send_head(self, method: str, parts: SplitResult, headers: Headers) -> None:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if self._proxy is not None and parts.scheme == "http":
            target = f"http://{parts.netloc.rpartition('@')[2]}{target}"
            headers = (*headers, *self._proxy.headers.items())
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


def _is_about_trust(error: Exception) -> bool:
    return any(kind.__name__ == "SSLError" for kind in type(error).__mro__)

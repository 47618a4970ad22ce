from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer to give, not a fault of ours
    """A request whose signature does not admit it, with the code and status AWS answers with.

    `message` quotes the request's stamps and header names at most, never a key, a signature or a
    query string. `signed_headers` are the names the request claims to have signed, as far as they
    could be read, so that the caller can tell which of them changed; `unsigned_headers` are those
    that should have been among them.
    """

    def __init__(
        self,
        code: str,
        status: int,
        message: str,
        *,
        signed_headers: tuple[str, ...] = (),
        unsigned_headers: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.status = status
        self.message = message
        self.signed_headers = signed_headers
        self.unsigned_headers = unsigned_headers

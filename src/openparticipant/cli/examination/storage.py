"""The object store as a page meets it: by URLs that were signed for it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from openparticipant.cli.examination import bucket_cors
from openparticipant.cli.examination.page import Heard
from openparticipant.cli.examination.report import WrongError
from openparticipant.cli.examination.service import mend_of_origins
from openparticipant.cli.http import Exchange, NoAnswerError, without_query
from openparticipant.cli.s3_error import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openparticipant.cli.examination.page import Page

_BUILT_IN = "/attachments/"
# A proxy that refuses a length does so at once.
_AT_ONCE = 2  # seconds
_SIZE_MEND = (
    "let the proxy pass uploads on, as large as the server takes them: `client_max_body_size "
    "104857600; proxy_request_buffering off; proxy_buffering off;`"
)
_SIGNATURE_MEND = (
    "what was signed changes on the way: the proxy must pass the host (`proxy_set_header Host "
    "$http_host;`) and headers with an underscore (`underscores_in_headers on;`), and "
    "--objects-url must be the origin that pages reach"
)


class Storage:
    """The place of one upload, and whatever the page may do there.

    `answered` is the answer to the upload, `took` whether the store took it. `lets_in` is whether a
    browser would have sent it; where it would not, nothing more is said of what the page may read.
    """

    def __init__(self, page: Page, url: str, headers: Mapping[str, str], service_url: str) -> None:
        self.url = url
        self.answered: Heard | None = None
        self.took = False
        self.lets_in = False
        self._page = page
        self._headers = headers
        here, there = urlsplit(url), urlsplit(service_url)
        if here.netloc == there.netloc and here.path.startswith(_BUILT_IN):
            self.mend = mend_of_origins(page.origin)
        else:
            self.mend = bucket_cors.mend(page.origin, url, headers)

    def preflight(self) -> None:
        """Ask whether the page may upload; raises WrongError, NoAnswerError."""
        names = sorted({name.lower() for name in self._headers} - {"content-length"})
        self._page.preflight(self.url, "PUT", names, self.mend)
        self.lets_in = True

    def put(self, content: bytes) -> None:
        """Upload these bytes, as they were announced; raises WrongError, NoAnswerError."""
        heard = self.answered = self._put(content)
        self.took = 200 <= heard.status < 300
        if not self.took:
            raise self._refused(heard)
        self._require_readable(heard)

    def require_refusal(self, content: bytes) -> None:
        """Upload what was not announced; raises WrongError where it is taken, NoAnswerError."""
        if self._put(content).status < 300:
            raise WrongError(
                "the store took a byte more than was announced",
                "take a store, and a proxy before it, that checks the signed Content-Length",
            )

    def announce(self) -> None:
        """Begin an upload, and see that its length alone is not refused; raises WrongError."""
        reach = copy(self._page.reach)
        reach.read_timeout = _AT_ONCE
        headers = [("Origin", self._page.origin), *self._headers.items()]
        shown = without_query(self.url)
        with Exchange("PUT", self.url, headers, reach, shown) as exchange:
            try:
                got = exchange.answer()
            except NoAnswerError:
                return  # it waits for the bytes
            body = exchange.read(got, 64 * 1024)
        raise self._refused(Heard(got.status, got.reason, got.headers, body, got.version))

    def get(self, url: str) -> bytes:
        """Download as a page does; raises WrongError, NoAnswerError."""
        if self.lets_in:
            self._page.preflight(url, "GET", (), self.mend)
        heard = self._page.ask("GET", url)
        if heard.status != 200:
            raise self._refused(heard)
        self._require_readable(heard)
        return heard.body

    def _require_readable(self, heard: Heard) -> None:
        if self.lets_in:
            self._page.require_readable(heard, self.mend)

    def _put(self, content: bytes) -> Heard:
        given = [pair for pair in self._headers.items() if pair[0].lower() != "content-length"]
        headers = [*given, ("Content-Length", str(len(content)))]
        return self._page.ask("PUT", self.url, headers, content)

    def _refused(self, heard: Heard) -> WrongError:
        error = StorageError(heard.status, heard.reason, heard.body)
        if error.storage_code == "EntityTooLarge" or heard.status == 413:
            return WrongError(str(error), _SIZE_MEND)
        if error.storage_code == "SignatureDoesNotMatch":
            return WrongError(str(error), _SIGNATURE_MEND)
        if heard.status in {301, 302, 307, 308}:
            mend = "name the endpoint and the region of the bucket as they are: no page follows"
            return WrongError(str(error), mend)
        return WrongError(str(error), "look at the store's log, and at the proxy before it")

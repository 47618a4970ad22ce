"""The service's own address: who answers there, and what its answers let a page do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from openparticipant.cli.client import error_of
from openparticipant.cli.examination import hours
from openparticipant.cli.examination.page import Page, exposed
from openparticipant.cli.examination.report import WrongError
from openparticipant.cli.model import OPERATIONS

if TYPE_CHECKING:
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.examination.page import Heard
    from openparticipant.cli.examination.report import Report

# What the JavaScript SDK sends with each call: a GET has no content type.
_SENT = (
    "authorization",
    "x-amz-bearer",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-user-agent",
)
_FIRST = "create-participant-connection"
_READ = {"x-amzn-errortype", "x-amzn-requestid"}
# A name that no page can have (RFC 2606).
_STRANGER = "https://elsewhere.invalid"
_HTTP_1_1 = 11
_MEND_ANSWER = "look at the proxy before the server, and at --endpoint-url"


def mend_of_origins(origin: str) -> str:
    """Say how the server is told of a page's origin."""
    return f"start the server with {origin} among its --allowed-origins"


class Service:
    """The participant service at an endpoint."""

    def __init__(self, url: str, page: Page, report: Report, world: Environment) -> None:
        self._url = url.removesuffix("/")
        self._page = page
        self._report = report
        self._world = world
        self.mend = mend_of_origins(page.origin)

    def url_of(self, command: str) -> str:
        """Return the address of an operation."""
        return self._url + OPERATIONS[command]["path"].replace("{ViewToken}", "view")

    def examine(self) -> bool:
        """Look at all that needs no token; tells whether a page can make calls."""
        with self._report.step("service", _MEND_ANSWER) as step:
            heard = self._refusal()
            step.says("it answers, over HTTP/1.1")
        if not step.is_well:
            return False
        hours.compare(self._report, "service", heard.headers, self._world)
        if not self._may_call():
            self._report.skip("errors", "a page can make no call")
            return False
        with self._report.step("errors", self.mend) as step:
            self._page.require_readable(heard, self.mend)
            hidden = _READ - exposed(heard.headers)
            if hidden and "*" not in exposed(heard.headers):
                raise WrongError(
                    f"a page may not read {' and '.join(sorted(hidden))} of an error",
                    "let the proxy pass Access-Control-Expose-Headers as the server writes it",
                )
            step.says("a page may read why it was refused")
        self._compare_with_stranger()
        return True

    def _may_call(self) -> bool:
        with self._report.step("preflight", self.mend) as step:
            # The one that a page makes first is the one that is named where all are refused.
            for command in dict.fromkeys((_FIRST, *OPERATIONS)):
                operation = OPERATIONS[command]
                body = ("content-type",) if operation["method"] == "POST" else ()
                names = (*_SENT, *body)
                url = self.url_of(command)
                self._page.preflight(url, operation["method"], names, self.mend)
            step.says(f"a page may make all {len(OPERATIONS)} calls")
        return step.is_well

    def _refusal(self) -> Heard:
        """Return the answer to a call without a token; raises WrongError, NoAnswerError."""
        body = b"{}"
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        heard = self._page.ask("POST", self.url_of(_FIRST), headers, body)
        if heard.version < _HTTP_1_1:
            raise WrongError(
                "it answers in HTTP/1.0, in which there are no WebSockets",
                "`proxy_http_version 1.1;` and the server's own version in the proxy",
            )
        if 300 <= heard.status < 400:
            place = urlsplit(heard.headers.get("location", ""))
            raise WrongError(
                f"it answers with a redirect to {place.scheme}://{place.netloc}, which no preflight "
                "follows",
                "give pages the address it leads to",
            )
        if not _is_of_the_service(heard):
            server = heard.headers.get("server")
            by = f", by {server}" if server else ""
            raise WrongError(
                f"something else answers: {heard.told}{by}", "pass /participant/ on to the server"
            )
        if heard.status >= 500:
            raise WrongError(f"it answers {heard.told}", "look at /health/ready of the server")
        return heard

    def _compare_with_stranger(self) -> None:
        stranger = Page(_STRANGER, self._page.reach)
        url = self.url_of(_FIRST)
        with self._report.step("other origins", self.mend) as step:
            try:
                stranger.preflight(url, "POST", ("x-amz-bearer",), "")
            except WrongError:
                step.says("pages of another origin are kept out")
            else:
                step.says("pages of any origin are let in; tokens alone decide who may what")


def _is_of_the_service(heard: Heard) -> bool:
    if heard.headers.get_content_type() not in {"application/json", "application/x-amz-json-1.1"}:
        return False
    try:
        named = isinstance(json.loads(heard.body), dict) and error_of(heard)[0] != ""
    except ValueError:
        return False
    return named and ("x-amzn-errortype" in heard.headers or "x-amzn-requestid" in heard.headers)

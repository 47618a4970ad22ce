"""Whether another machine's clock is right enough for signatures."""

from __future__ import annotations

from calendar import timegm
from time import strptime
from typing import TYPE_CHECKING

from openparticipant.cli.examination.report import WrongError

if TYPE_CHECKING:
    from http.client import HTTPMessage

    from openparticipant.cli.environment import Environment
    from openparticipant.cli.examination.report import Report

_MOST = 30  # seconds; signatures tolerate minutes, a clock that is kept is never that far off
_MEND = "let both machines keep their clocks by NTP: signatures and expiries go by them"


def compare(report: Report, name: str, headers: HTTPMessage, world: Environment) -> None:
    """Report on the clock by which an answer was dated."""
    with report.step(f"{name} clock", _MEND) as step:
        try:
            date = timegm(strptime(headers.get("date", ""), "%a, %d %b %Y %H:%M:%S %Z"))
        except ValueError:
            raise WrongError("the answer has no Date", "let the proxy pass that header") from None
        ahead = date - world.clock() // 1000
        said = f"{abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} this machine's"
        if abs(ahead) > _MOST:
            raise WrongError(f"it is {said}", _MEND)
        step.says("as this machine's" if abs(ahead) < 2 else said)

"""How long to wait."""

from __future__ import annotations

from tests.cli.against_aws.case import Cases, uploading

READ, CONNECT = "--cli-read-timeout", "--cli-connect-timeout"
NO_NUMBERS = ("abc", "1.5", "", "1e1")

CASES: Cases = {
    **{f"reading, {each!r}": uploading(READ, each) for each in NO_NUMBERS},
    **{f"connecting, {each!r}": uploading(CONNECT, each) for each in NO_NUMBERS},
    "reading, below zero": uploading(f"{READ}=-1"),
    "connecting, below zero": uploading(CONNECT, "-5"),
    "both below zero": uploading(READ, "-1", CONNECT, "-5"),
    "reading, none": uploading(READ, "0"),
    "connecting, none": uploading(CONNECT, "0"),
    "both": uploading(READ, " 5 ", CONNECT, "1_0"),
    "both are none": uploading(READ, "a", CONNECT, "b"),
}

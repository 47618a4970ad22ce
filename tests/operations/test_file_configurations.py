"""Which files an instance lets in, decided over the wire."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from openparticipant.limits import ATTACHMENT_SIZE_MAX
from openparticipant.testing.chat import Answer, control
from openparticipant.testing.clock import SettableClock
from openparticipant.testing.server import Server

PATH = "/attached-files-configurations/"


def update(server: Server, instance: str, scope: str = "CHAT", **members: Any) -> Answer:
    return control(server, "POST", f"{PATH}{instance}/{scope}", members)


def describe(server: Server, instance: str, scope: str = "CHAT") -> Any:
    found = control(server, "GET", f"{PATH}{instance}/{scope}").json
    return found["AttachedFilesConfiguration"]


def extensions(*wanted: str) -> dict[str, Any]:
    return {"AllowedExtensions": [{"Extension": each} for each in wanted]}


def started(server: Server, instance: str, name: str, size: int) -> Answer:
    return server.start_chat(InstanceId=instance).call(
        "start-attachment-upload",
        {
            "ContentType": "application/octet-stream",
            "AttachmentName": name,
            "AttachmentSizeInBytes": size,
            "ClientToken": "token",
        },
    )


def test_the_next_start_goes_by_it(server: Server) -> None:
    """In that instance and in no other; what was not named stays as the settings have it."""
    update(server, "one", MaximumSizeLimitInBytes=5)
    assert started(server, "one", "a.txt", 5).status == 200
    refused = started(server, "one", "a.txt", 6)
    assert (refused.status, refused.error) == (400, "ValidationException")

    update(server, "one", ExtensionConfiguration=extensions("PDF", "x-y_9", "pdf"))
    assert started(server, "one", "a.X-Y_9", 5).status == 200
    assert started(server, "one", "a.txt", 5).status == 400
    assert started(server, "one", "a.pdf", 6).status == 400
    assert started(server, "beside", "a.txt", 6).status == 200

    update(server, "one", ExtensionConfiguration=extensions())
    assert started(server, "one", "a.pdf", 5).status == 400


def test_more_may_be_let_in_than_the_settings_do(server: Server) -> None:
    """They say what holds where nobody decided."""
    assert started(server, "large", "a.txt", ATTACHMENT_SIZE_MAX).status == 400
    update(server, "large", MaximumSizeLimitInBytes=ATTACHMENT_SIZE_MAX)
    assert started(server, "large", "a.txt", ATTACHMENT_SIZE_MAX).status == 200


def test_other_scopes_are_kept_and_change_nothing_in_chats(server: Server) -> None:
    """There are only chats here."""
    update(server, "mail", "EMAIL", MaximumSizeLimitInBytes=1)

    assert describe(server, "mail", "EMAIL")["MaximumSizeLimitInBytes"] == 1
    assert started(server, "mail", "a.txt", 5).status == 200


def test_what_holds_is_told_decided_or_not(server: Server, clock: SettableClock) -> None:
    """With the settings' values and without an instant, as long as nobody decided."""
    before = describe(server, "told")
    assert before["MaximumSizeLimitInBytes"] == 20 * 1024 * 1024
    assert {"Extension": "pdf"} in before["ExtensionConfiguration"]["AllowedExtensions"]
    assert "LastModifiedTime" not in before

    made = update(
        server, "told", MaximumSizeLimitInBytes=7, ExtensionConfiguration=extensions("txt", "PDF")
    ).json
    assert made == {
        "InstanceId": "told",
        "AttachmentScope": "CHAT",
        "MaximumSizeLimitInBytes": 7,
        "ExtensionConfiguration": extensions("pdf", "txt"),
        "LastModifiedTime": clock.now() / 1000,
    }
    assert describe(server, "told") == made
    arn = "arn%3Aaws%3Aconnect%3Aus-east-1%3A000000000000%3Ainstance%2Ftold"
    assert describe(server, arn) == made


def test_the_list_goes_by_pages(server: Server) -> None:
    """All scopes, each once, in the order of the model."""
    update(server, "listed", "TASK", MaximumSizeLimitInBytes=9)
    found: list[Any] = []
    query = "?maxResults=3"
    while query:
        page = control(server, "GET", f"{PATH}listed{query}").json
        found += page["AttachedFilesConfigurations"]
        query = f"?maxResults=3&nextToken={page['NextToken']}" if "NextToken" in page else ""

    assert [each["AttachmentScope"] for each in found] == ["EMAIL", "CHAT", "CASE", "TASK"]
    assert [each["MaximumSizeLimitInBytes"] for each in found] == [20971520] * 3 + [9]
    whole = control(server, "GET", f"{PATH}listed").json
    assert whole == {"AttachedFilesConfigurations": found}


@pytest.mark.parametrize(
    ("address", "members"),
    [
        ("one/CHAT", {}),
        ("one/CHAT", {"MaximumSizeLimitInBytes": 0}),
        ("one/CHAT", {"MaximumSizeLimitInBytes": ATTACHMENT_SIZE_MAX + 1}),
        ("one/CHAT", {"ExtensionConfiguration": {}}),
        ("one/CHAT", {"ExtensionConfiguration": extensions(".pdf")}),
        ("one/CHAT", {"ExtensionConfiguration": extensions("pdf\n")}),
        ("one/CHAT", {"ExtensionConfiguration": extensions("")}),
        ("one/CHAT", {"ExtensionConfiguration": extensions("elevenchars")}),
        ("one/VOICE", {"MaximumSizeLimitInBytes": 5}),
        ("no_instance/CHAT", {"MaximumSizeLimitInBytes": 5}),
    ],
)
def test_what_is_wrong_is_an_invalid_parameter(
    server: Server, address: str, members: dict[str, Any]
) -> None:
    """The model knows no other refusal here; nothing is changed."""
    before = describe(server, "one")

    refused = control(server, "POST", PATH + address, members)

    assert (refused.status, refused.error) == (400, "InvalidParameterException")
    assert describe(server, "one") == before


@pytest.mark.parametrize("query", ["nextToken=made-up", "maxResults=0", "maxResults=101"])
def test_what_is_wrong_in_a_query_is_one_as_well(server: Server, query: str) -> None:
    """A token is good for the list that gave it."""
    refused = control(server, "GET", f"{PATH}one?{query}")

    assert (refused.status, refused.error) == (400, "InvalidParameterException")


def test_an_instance_that_the_operator_does_not_name_is_unknown() -> None:
    """It can decide nothing, so that nobody fills the table with made-up names."""
    with Server(log=io.BytesIO(), instances="one") as server:
        refused = update(server, "other", MaximumSizeLimitInBytes=5)

        assert (refused.status, refused.error) == (404, "ResourceNotFoundException")


def test_a_decision_outlasts_the_process(tmp_path: Path) -> None:
    """It is known before the first request."""
    with Server(tmp_path, log=io.BytesIO()) as server:
        update(server, "one", MaximumSizeLimitInBytes=5)
    with Server(tmp_path, log=io.BytesIO(), clock=SettableClock()) as server:
        assert started(server, "one", "a.txt", 6).status == 400


def test_a_method_that_is_not_there_is_told_the_two_that_are(server: Server) -> None:
    """One address has two operations."""
    refused = control(server, "PUT", f"{PATH}one/CHAT", {})

    assert refused.status == 405
    assert refused.headers["allow"] == "GET, POST"

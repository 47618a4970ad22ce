"""The module that keeps the transcript, in the browser that it is written for."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.demo.window import Window

_MERGE = """async ([url, items]) => {
    const { Transcript } = await import(url);
    const transcript = new Transcript();
    const fresh = items.map((item) => transcript.merge(item));
    return {
        ids: transcript.items.map(({ Id }) => Id),
        fresh: fresh.filter(Boolean).length,
        fates: Object.fromEntries(transcript.fates("me")),
    };
}"""


def item(number: int) -> dict[str, Any]:
    return {
        "Id": f"item {number}",
        "AbsoluteTime": f"2026-01-31T10:15:{number // 1000:02}.{number % 1000:03}Z",
        "Type": "MESSAGE",
        "ParticipantId": "me" if number % 2 else "you",
    }


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(numbers=st.lists(st.integers(0, 59_999), max_size=40), read=st.integers(0, 39))
def test_items_come_out_once_and_in_order(window: Window, numbers: list[int], read: int) -> None:
    """However they come, by socket and page, early, late and twice; a receipt covers all before it."""
    items = [item(number) for number in numbers]
    receipts: list[int] = []
    if read < len(items) and numbers[read] % 2:
        receipt = {"RecipientParticipantId": "you", "ReadTimestamp": "2026-01-31T10:16:00.000Z"}
        items[read]["MessageMetadata"] = {"MessageId": items[read]["Id"], "Receipts": [receipt]}
        receipts = [numbers[read]]
    expected = sorted(set(numbers))

    merged = window.page.evaluate(_MERGE, [f"{window.url}/demo/transcript.js", items])

    assert merged["ids"] == [item(number)["Id"] for number in expected]
    assert merged["fresh"] == len(expected)
    assert merged["fates"] == {
        f"item {number}": "read" if number <= max(receipts, default=-1) else "sent"
        for number in expected
        if number % 2
    }

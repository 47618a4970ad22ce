"""What nodes share: no participant, chat or file belongs to one of them."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import cycle

from tests.cluster.cluster import Cluster
from tests.cluster.uploads import begin_upload, complete, fetched, items, put
from tests.crash.line import Line
from tests.crash.load import begin

_QUOTA = 35
_ASKED = 60


def test_each_step_may_be_another_nodes(cluster: Cluster) -> None:
    """Start, PUT, Complete and Get go to whichever node, and so does what is said."""
    with ExitStack() as open_ones:
        lines = [open_ones.enter_context(closing(cluster.line_to(node))) for node in cluster.nodes]
        one, other, third = lines
        chat = begin(one)
        token, content = chat.connection_token, random.Random(1).randbytes(100_000)
        started = begin_upload(other, token, content)
        put(third, started, content)
        assert complete(one, token, started).status == 200
        assert fetched(other, token, started) == content
        assert [item["Type"] for item in items(third, token)] == ["ATTACHMENT"]


def test_a_contact_has_35_attachments_however_many_nodes_are_asked(cluster: Cluster) -> None:
    """Exactly: of sixty that start at the same time at three nodes, none is let in or left out."""
    with ExitStack() as open_ones, ThreadPoolExecutor(_ASKED) as pool:
        lines = [
            open_ones.enter_context(closing(cluster.line_to(node)))
            for _, node in zip(range(_ASKED), cycle(cluster.nodes), strict=False)
        ]
        for _ in range(10):
            token = begin(lines[0]).connection_token
            statuses = pool.map(lambda line: _start(line, token), lines)  # noqa: B023 - awaited here
            assert Counter(statuses) == {200: _QUOTA, 402: _ASKED - _QUOTA}


def _start(line: Line, token: str) -> int:
    body = {"AttachmentName": "a.txt", "AttachmentSizeInBytes": 5, "ContentType": "text/plain"}
    return line.participant("start-attachment-upload", token, body).status

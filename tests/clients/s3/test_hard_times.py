"""Late and racing uploads, and a bucket that is away for a while."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from tests.clients.s3.uploads import Uploads, put, uploads
from tests.engines.s3 import S3Server
from tests.requirements import require

_SIZE = 4000


def test_a_late_put_lands_harmlessly(session: boto3.session.Session) -> None:
    """A bucket takes it, since it knows nothing of our rows; nobody ever sees it."""
    first, late = os.urandom(_SIZE), os.urandom(_SIZE)
    with uploads(session) as chat:
        started = chat.start(_SIZE)
        assert put(started, first) == 200
        chat.complete(started)

        assert put(started, late) == 200
        chat.complete(started)

        assert chat.get(started) == first
        with pytest.raises(chat.participant.exceptions.ConflictException):
            chat.complete(started, "another")


def test_completes_race_with_uploads(session: boto3.session.Session) -> None:
    """After the first success the bytes never change, and there is one item."""
    rounds, racers = 8, 8
    with uploads(session) as chat, ThreadPoolExecutor(racers) as pool:
        for _ in range(rounds):
            started = chat.start(_SIZE)
            assert put(started, os.urandom(_SIZE)) == 200
            over = threading.Event()
            putting = pool.submit(_keep_putting, started, over)
            done = list(pool.map(_completes, [chat] * (racers - 1), [started] * (racers - 1)))
            assert any(done)
            seen = {chat.get(started) for _ in range(3)}
            over.set()
            assert putting.result() > 0
            seen.add(chat.get(started))
            assert len(seen) == 1
        transcript = chat.participant.get_transcript(ConnectionToken=chat.token, MaxResults=100)
    items = [each for each in transcript["Transcript"] if each["Type"] == "ATTACHMENT"]
    assert len(items) == rounds


def test_a_frozen_bucket_is_waited_out(session: boto3.session.Session, seaweedfs: S3Server) -> None:
    """A completion fails as the service's fault, nothing is lost, and the next one succeeds."""
    require(seaweedfs.pid, "an S3 server that may be stopped")
    assert seaweedfs.pid is not None
    body = os.urandom(_SIZE)
    with uploads(session) as chat:
        started = chat.start(_SIZE)
        assert put(started, body) == 200
        os.kill(seaweedfs.pid, signal.SIGSTOP)
        try:
            with pytest.raises(chat.participant.exceptions.InternalServerException):
                chat.complete(started)
            # To sign asks nobody.
            assert chat.start(_SIZE)["UploadMetadata"]["Url"]
        finally:
            os.kill(seaweedfs.pid, signal.SIGCONT)

        chat.complete(started, "again")

        assert chat.get(started) == body


def _keep_putting(started: dict[str, Any], over: threading.Event) -> int:
    count = 0
    while not over.is_set():
        count += put(started, os.urandom(_SIZE)) == 200
    return count


def _completes(chat: Uploads, started: dict[str, Any]) -> bool:
    try:
        chat.complete(started)
    except chat.participant.exceptions.ConflictException:
        return False
    return True

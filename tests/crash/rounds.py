"""Round after round: load, SIGKILL at a random moment, restart, and the reckoning."""

from __future__ import annotations

import configparser
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openparticipant.sigv4 import Credentials
from tests.crash.audit import audit
from tests.crash.ledger import Conversation, Ended
from tests.crash.line import Line, WrongAnswerError
from tests.crash.load import Fuse, Load
from tests.crash.recall import download, recall
from tests.serve_process import ServeProcess
from tests.verification.looking import verified

_COUPLES = 4
_REQUESTS = (5, 160)  # sent before the kill
_LONGEST_LATE = 0.02  # seconds from the last of them to the kill
_KILLED_AGAIN = 0.2  # the chance that a server is killed while it starts, and recovers
_LONGEST_LIFE = 0.3  # seconds from the start of such a server to its kill
_ENOUGH_AT_THE_END = 300


@dataclass(frozen=True, slots=True)
class Tally:
    """What all rounds together put at risk."""

    rounds: int
    conversations: int
    completed: int
    unfinished: int
    approved: int


def run(data_dir: Path, rounds: int, seed: int, say: Callable[[str], None] = print) -> Tally:
    """Play rounds on one data directory; raise WrongAnswerError where a promise is broken."""
    rng = random.Random(seed)
    log = data_dir.with_name(f"{data_dir.name}.log")
    everything: list[Conversation] = []
    completed = unfinished = 0
    server = ServeProcess(data_dir, log=log)
    try:
        server.ready()
        key = control_key(data_dir)
        for number in range(1, rounds + 1):
            conversations = _load_and_kill(server, key, rng)
            dying, server = [server], ServeProcess(data_dir, log=log)
            while rng.random() < _KILLED_AGAIN:
                _pause(rng.uniform(0, _LONGEST_LIFE))
                server.kill()
                dying.append(server)
                server = ServeProcess(data_dir, log=log)
            server.ready()
            for one in dying:
                one.reap()
            audit(data_dir, (*everything, *conversations) if number == rounds else conversations)
            _verify(data_dir, rate=0)
            uploads = [one for each in conversations for one in each.uploads]
            acknowledged = sum(one.completed for one in uploads)
            completed += acknowledged
            unfinished += len(uploads) - acknowledged
            line = Line(server.url, key)
            for conversation in conversations:
                recall(line, conversation)
            line.close()
            everything += conversations
            say(f"round {number}: {acknowledged} of {len(uploads)} uploads were acknowledged")
        approved = audit(data_dir, everything)
        _verify(data_dir, rate=1 << 40)
        line = Line(server.url, key)
        _read_back(line, everything, rng)
        line.close()
    finally:
        server.end()
    return Tally(rounds, len(everything), completed, unfinished, approved)


def control_key(data_dir: Path) -> Credentials:
    """Read the key pair that the server wrote for AWS's tools."""
    profile = configparser.ConfigParser()
    profile.read(data_dir / "aws" / "credentials", "utf-8")
    pair = profile["default"]
    return Credentials(pair["aws_access_key_id"], pair["aws_secret_access_key"])


def _load_and_kill(
    server: ServeProcess, key: Credentials, rng: random.Random
) -> list[Conversation]:
    """Kill a busy server after a random number of requests, at a random moment behind the last."""
    fuse = Fuse(rng.randint(*_REQUESTS))
    load = Load(lambda: Line(server.url, key, fuse.burn), rng.getrandbits(32), couples=_COUPLES)
    late = rng.uniform(0, _LONGEST_LATE)
    load.start()
    while not fuse.blown.wait(0.5):
        if load.faults or server.popen.poll() is not None:
            break
    _pause(late)
    load.brace()
    server.kill()
    load.join()
    if load.faults:
        raise WrongAnswerError(f"before the kill: {load.faults[0]}") from load.faults[0]
    return load.conversations


def _verify(data_dir: Path, *, rate: int) -> None:
    """Let the operator's own command look, as if all that lies there had lain there for a day."""
    if found := verified(data_dir, rate=rate).differences:
        raise WrongAnswerError(f"verify finds {found[:5]}")


def _pause(seconds: float) -> None:
    """Let a random moment come; nothing is waited for."""
    threading.Event().wait(seconds)


def _read_back(line: Line, conversations: list[Conversation], rng: random.Random) -> None:
    """Fetch what the earlier rounds left, through all the crashes since."""
    open_ones = [it for it in conversations if it.ended is Ended.NO and it.uploads]
    for conversation in rng.sample(open_ones, min(len(open_ones), _ENOUGH_AT_THE_END)):
        upload = rng.choice(conversation.uploads)
        if download(line, conversation.connection_token, upload).body != upload.content:
            raise WrongAnswerError(f"other bytes came back later: {upload.attachment_id}")

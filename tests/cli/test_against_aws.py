"""The same words given to AWS's own command line: same output, same status, same request."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.cli.against_aws import recordings
from tests.cli.against_aws.case import Case, Differs
from tests.cli.against_aws.cases import GROUPS
from tests.cli.against_aws.recordings import Recording
from tests.cli.against_aws.seen import Seen
from tests.cli.against_aws.stage import FULL, OURS, Stage
from tests.requirements import require

NAMES = [(group, name) for group, cases in GROUPS.items() for name in cases]
AT_ONCE = 2

Name = tuple[str, str]


@pytest.fixture(scope="module")
def ours(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Name, Future[Seen]]]:
    """Play ours on all cases that were chosen, two at once; most of their time is waiting."""
    # OpenSSL judges certificates by the machine's time.
    stage = Stage(tmp_path_factory.mktemp("certificates"), time.time_ns() // 1_000_000)
    chosen: list[Name] = [
        (str(item.callspec.params["group"]), str(item.callspec.params["name"]))
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.function is test_both_do_the_same
    ]
    pool = ThreadPoolExecutor(AT_ONCE)
    yield {
        (group, name): pool.submit(stage.play, OURS, GROUPS[group][name]) for group, name in chosen
    }
    pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict[str, Recording]]:
    """Return all recordings."""
    return {group: recordings.read(group) for group in GROUPS}


@pytest.mark.parametrize(("group", "name"), NAMES)
def test_both_do_the_same(
    ours: dict[Name, Future[Seen]],
    recorded: dict[str, dict[str, Recording]],
    group: str,
    name: str,
) -> None:
    """Whoever replaces `aws` by `openparticipant` in a script notices only what is in the table."""
    case, recording = GROUPS[group][name], recorded[group][name]
    if case.outlet == "full disk":
        require(FULL.exists(), str(FULL))
    assert recording.command == case.command, "the recording is of other words: make record"
    expected = recording.seen
    if case.differs is not None:
        theirs = recorded[group][case.differs.like].seen if case.differs.like else expected
        expected = case.differs.from_theirs(theirs)
        assert expected != recording.seen, "ours is said to differ, and does not"

    seen = ours[group, name].result()

    assert recording.comparable(case, seen) == recording.comparable(case, expected)


@pytest.mark.parametrize("group", GROUPS)
def test_every_case_is_recorded_and_every_recording_played(group: str) -> None:
    """What is left over from a case that is gone proves nothing."""
    assert recordings.read(group).keys() == GROUPS[group].keys()


def test_every_recording_is_of_a_group() -> None:
    """Likewise the files."""
    assert {path.stem for path in recordings.FOLDER.iterdir()} == GROUPS.keys()


def test_no_case_is_another_one_again() -> None:
    """Four hundred and more commands, each of which says something of its own."""
    cases = [(name, case) for group, name in NAMES for case in [GROUPS[group][name]]]
    different: list[Case] = []
    for name, case in cases:
        assert case not in different, name
        different.append(case)

    assert len(different) >= 420


def test_the_words_of_another_python_are_not_compared() -> None:
    """They change from release to release; what stands before them is ours."""
    case = Case(("x",), python="JSON: ")
    old = Recording("aws x", "3.0", Seen(255, "", "bad JSON: expecting this", ()))
    new = Seen(255, "", "bad JSON: expecting that", ())
    same = Recording("aws x", recordings.PYTHON, old.seen)

    assert old.comparable(case, new) == old.comparable(case, old.seen)
    assert same.comparable(case, new) != same.comparable(case, old.seen)
    other = Seen(255, "", "worse JSON: expecting this", ())
    assert old.comparable(case, other) != old.comparable(case, old.seen)


def test_a_difference_replaces_what_it_states() -> None:
    """All else stays as recorded."""
    theirs = Seen(0, "--a\n--c\n", "said", ("asked",))

    assert Differs("row", more=("--b",)).from_theirs(theirs).out == "--a\n--b\n--c\n"
    assert Differs("row", said="", asked=()).from_theirs(theirs) == Seen(0, theirs.out, "", ())

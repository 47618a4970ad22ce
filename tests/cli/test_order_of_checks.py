"""Of two mistakes in the settings, which one is named."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import pytest

from tests.cli.against_aws.stage import AWS
from tests.cli.worlds import START, TOKEN, command
from tests.requirements import require

PATIENCE = 60
# Each is wrong by itself; in the order in which they are found.
WRONG: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "region": (("--region", "x y"), {}),
    "services": ((), {"AWS_PROFILE": "dangling"}),
    "variant": ((), {"AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_DEFAULT_REGION": "eu-isoe-west-1"}),
    "attempts": ((), {"AWS_MAX_ATTEMPTS": "0"}),
    "mode": ((), {"AWS_RETRY_MODE": "bogus"}),
    "endpoint": (("--endpoint-url", "http://a b"), {}),
    "connect": (("--cli-connect-timeout=-1",), {}),
    "read": (("--cli-read-timeout=-1",), {}),
    "parameter": (("--attachment-name=",), {}),
    "scheme": (("--endpoint-url", "ftp://h"), {}),
}
# What one of them says, the other takes back.
CANNOT_MEET = {
    ("region", "variant"),
    ("variant", "endpoint"),
    ("variant", "scheme"),
    ("services", "endpoint"),
    ("services", "scheme"),
    ("endpoint", "scheme"),
}
PAIRS = [pair for pair in combinations(WRONG, 2) if pair not in CANNOT_MEET]
CONFIG = "[profile dangling]\nservices = none\n"


def asked(pair: tuple[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the words and variables that have both mistakes, and no other."""
    words, environ = [*START, *TOKEN], {"AWS_DEFAULT_REGION": "us-east-1"}
    for name in pair:
        words += WRONG[name][0]
        environ |= WRONG[name][1]
    return words, environ


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(CONFIG)
    return home


@pytest.fixture(scope="module")
def theirs(home: Path) -> dict[tuple[str, str], str]:
    """Run AWS's command once for every neighbour; the order of all follows."""
    require(AWS.exists(), "the aws command")
    neighbours = [pair for pair in PAIRS if pair in set(zip(WRONG, list(WRONG)[1:], strict=False))]
    neighbours += [("services", "attempts"), ("mode", "connect"), ("connect", "scheme")]

    def said(pair: tuple[str, str]) -> str:
        words, environ = asked(pair)
        ran = subprocess.run(
            [AWS, "connectparticipant", *words, "--no-sign-request"],
            env={"HOME": str(home), "PATH": os.environ["PATH"], **environ},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return ran.stderr

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(neighbours, pool.map(said, neighbours), strict=True))


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_the_earlier_mistake_is_named(pair: tuple[str, str], home: Path) -> None:
    """The order is that of the table, whichever way round the mistakes were typed."""
    words, environ = asked(pair)
    first_words, first_environ = asked((pair[0], pair[0]))
    both = command(*words, environ=environ | {"HOME": str(home)})
    alone = command(*first_words, environ=first_environ | {"HOME": str(home)})

    assert both.status == 255
    assert both.err == alone.err


def test_the_order_is_that_of_aws(theirs: dict[tuple[str, str], str], home: Path) -> None:
    """Whoever mends one mistake after the other sees the same sentences in turn."""
    for pair, sentence in theirs.items():
        words, environ = asked(pair)
        assert command(*words, environ=environ | {"HOME": str(home)}).err == sentence, pair


def test_a_mistake_in_the_settings_is_found_before_http_is_loaded(home: Path) -> None:
    """Start-up is a feature: what sends nothing pays for no client."""
    code = (
        "import sys\n"
        "from openparticipant.cli.environment import this_process\n"
        "from openparticipant.cli.main import run\n"
        "status = run(this_process())\n"
        "heavy = {'http.client', 'ssl', 're', 'urllib.request', 'socket'} & set(sys.modules)\n"
        "print(status, *sorted(heavy))"
    )
    python = (sys.executable, "-I", "-S", "-c")
    for wrong in ("region", "services", "variant", "attempts", "read", "parameter"):
        words, environ = asked((wrong, wrong))
        ran = subprocess.run(
            [*python, f"import sys; sys.path[:0] = {sys.path!r}\n{code}", *words],
            env={"HOME": str(home), "PATH": os.environ["PATH"], **environ},
            capture_output=True,
            text=True,
            check=False,
        )

        assert ran.stdout == "255\n", wrong

"""Where the server's own credentials come from, and what a URL is worth that they sign."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import pytest

from openparticipant.errors import Unavailable
from openparticipant.objects.s3.chain import Chain
from openparticipant.objects.s3.held_credentials import HeldCredentials
from openparticipant.sigv4 import Credentials
from openparticipant.system import SystemClock
from openparticipant.testing.clock import SettableClock
from tests.objects.s3.opening import opened

HOUR = 3600
KEY = "connect/i/Attachments/chat/staging/2026/01/31/c/a_1_UTC.txt"


class Machine:
    """A home with AWS's files in it, and a source of credentials that end."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.own_profile = home / "data" / "aws"
        self._answer = home / "answer.json"
        self.asked = home / "asked"
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(home / "config"))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / "credentials"))

    def write(self, path: Path, text: str) -> Path:
        """Write a file of the home."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def lend(self, name: str, ends: int) -> None:
        """Let the process give a key that ends at a second since the epoch."""
        when = dt.datetime.fromtimestamp(ends, dt.UTC)
        given = {"Version": 1, "AccessKeyId": name, "SecretAccessKey": "s", "SessionToken": "t"}
        self.write(self._answer, json.dumps({**given, "Expiration": when.isoformat()}))
        script = f"import sys;open({str(self.asked)!r},'a').write('x');sys.stdout.write(open({str(self._answer)!r}).read())"
        program = self.write(self.home / "process.py", script)
        line = f"credential_process = {sys.executable} {program}\n"
        self.write(self.home / "config", f"[default]\n{line}")

    @property
    def chain(self) -> Chain:
        """The chain of a server with its profile in this home."""
        return Chain(self.own_profile, "us-east-1")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a machine without any credentials."""
    return Machine(tmp_path, monkeypatch)


def _profile(key: str) -> str:
    return f"[default]\naws_access_key_id = {key}\naws_secret_access_key = s\n"


def test_environment_comes_before_files(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain is AWS's own."""
    machine.write(machine.home / "credentials", _profile("AKFILE"))
    assert machine.chain.find().credentials == Credentials("AKFILE", "s")

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")

    assert machine.chain.find().credentials == Credentials("AKENV", "s", "t")
    assert machine.chain.find().expires_at is None


def test_the_servers_own_profile_is_never_read(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the variables point to it for clients' sake, the usual places hold for the bucket."""
    own = machine.write(machine.own_profile / "credentials", _profile("AKOWN"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(own))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(machine.own_profile / "config"))
    with pytest.raises(Unavailable, match="none in the environment, the shared files, or a role"):
        machine.chain.find()

    machine.write(machine.home / ".aws" / "credentials", _profile("AKUSUAL"))

    assert machine.chain.find().credentials.access_key_id == "AKUSUAL"


def test_the_end_of_credentials_is_known(machine: Machine) -> None:
    """It stands in no public field of botocore's, so a new release may move it."""
    ends = SystemClock().now() // 1000 + HOUR
    machine.lend("AK1", ends)

    assert machine.chain.find().expires_at == ends * 1000


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("[default]\ncredential_process = sh -c 'echo s3cr3t >&2; exit 1'\n", "custom-process failed"),
        ("[default]\ncredential_process = echo s3cr3t\n", "no credentials: JSONDecodeError"),
        ("[default]\ncredential_process = nobodys-program\n", "no credentials: FileNotFoundError"),
        ("s3cr3t", "no credentials: Unable to parse config file"),
    ],
)  # fmt: skip
def test_a_broken_source_is_one_line(machine: Machine, config: str, said: str) -> None:
    """What a source of credentials says may be a credential."""
    machine.write(machine.home / "config", config)
    with pytest.raises(Unavailable, match=said) as wrong:
        machine.chain.find()

    assert "\n" not in str(wrong.value)
    assert "s3cr3t" not in str(wrong.value)
    assert wrong.value.untouched


async def test_a_url_ends_no_later_than_what_signed_it(machine: Machine) -> None:
    """Newer credentials are asked for first; without any, the URL says when it really ends."""
    now = SystemClock().now() // 1000
    clock = SettableClock(now * 1000 + 500)
    machine.lend("AK1", now + 2 * HOUR)
    async with opened("s3://files", machine.chain.find, clock=clock) as objects:
        long = await objects.invite(KEY, {}, at=clock.now(), lasting=HOUR)
        machine.lend("AK2", now + 3 * HOUR)
        clock.advance(90 * 60 * 1000)
        renewed = await objects.invite(KEY, {}, at=clock.now(), lasting=HOUR)
        clock.advance(60 * 60 * 1000)
        cut = await objects.offer(KEY, at=clock.now(), lasting=HOUR)

    assert "Credential=AK1%2F" in long.url
    assert long.expires_at == (now + HOUR) * 1000
    assert "Credential=AK2%2F" in renewed.url
    assert "X-Amz-Expires=3600&" in renewed.url
    assert "X-Amz-Expires=1800&" in cut.url
    assert cut.expires_at == (now + 3 * HOUR) * 1000


async def test_credentials_about_to_end_sign_nothing(machine: Machine) -> None:
    """A URL of seconds would fail the client in the middle; a wish for seconds is granted."""
    clock = SystemClock()
    now = clock.now()
    machine.lend("AK1", now // 1000 + 40)
    async with opened("s3://files", machine.chain.find) as objects:
        with pytest.raises(Unavailable, match="end within a minute") as refused:
            await objects.invite(KEY, {}, at=now, lasting=900)
        assert refused.value.untouched
        assert objects.trouble == str(refused.value)

        assert "AK1" in (await objects.offer(KEY, at=now, lasting=5)).url


async def test_a_source_is_not_asked_at_every_request(machine: Machine) -> None:
    """A role gives new credentials only minutes before the end of the old ones."""
    now = SystemClock().now()
    clock = SettableClock(now)
    machine.lend("AK1", now // 1000 + 120)
    held = HeldCredentials(machine.chain.find, clock)
    await held.lasting(900, at=now)
    asked = machine.asked.read_text()
    for _ in range(5):
        await held.lasting(900, at=now)
    assert machine.asked.read_text() == asked

    clock.advance(15_000)
    await held.lasting(900, at=clock.now())

    assert machine.asked.read_text() == asked * 2


async def test_a_failing_source_leaves_what_is_held(machine: Machine) -> None:
    """The last credentials stay in use as long as they live."""
    now = SystemClock().now()
    clock = SettableClock(now)
    machine.lend("AK1", now // 1000 + 300)
    held = HeldCredentials(machine.chain.find, clock)
    first = await held.lasting(60, at=now)
    machine.write(machine.home / "config", "[default]\ncredential_process = false\n")

    clock.advance(60_000)

    assert await held.lasting(900, at=clock.now()) == (first[0], 240)

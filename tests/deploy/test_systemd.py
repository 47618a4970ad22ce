"""The units that we ship, as far as they can be held to their word without systemd in charge."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from openparticipant import settings
from openparticipant.setting_table import SETTINGS
from tests.crash.line import Line
from tests.crash.load import begin
from tests.crash.rounds import control_key
from tests.requirements import require
from tests.serve_process import ServeProcess, plain_environment

_DEPLOY = Path(__file__).parent.parent.parent / "deploy"
_UNITS = _DEPLOY / "systemd"
_SERVICE = _UNITS / "openparticipant.service"
# Of ten, which is what a service without any of it has; tenths, as systemd-analyze wants them.
_EXPOSURE = 15
# What MemoryDenyWriteExecute= forbids, as the kernel itself can since 6.3: PR_SET_MDWE.
_NO_NEW_CODE = (
    "import ctypes, os, sys;"
    "sys.exit(77) if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) else os.execv(sys.argv[1], sys.argv[1:])"
)


def analyze(*words: str, units: Path) -> str:
    """Run systemd-analyze, and fail with what it says."""
    program = shutil.which("systemd-analyze")
    require(program, "systemd-analyze")
    assert program is not None
    done = subprocess.run(
        [program, *words], check=False, capture_output=True, text=True, cwd=units, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def unit(path: Path) -> configparser.RawConfigParser:
    """Read a unit, of what is said twice the last."""
    read = configparser.RawConfigParser(strict=False, delimiters="=")
    read.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way
    read.read(path, "utf-8")
    return read


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return the units as they would be installed, with a program that is there."""
    shutil.copytree(_UNITS, tmp_path / "units")
    service = tmp_path / "units" / _SERVICE.name
    text = service.read_text("utf-8")
    assert "=/opt/openparticipant/bin/openparticipant serve" in text
    service.write_text(text.replace("/opt/openparticipant/bin/openparticipant", sys.executable))
    return tmp_path / "units"


def test_systemd_understands_every_line(installed: Path) -> None:
    """It says nothing of any of them."""
    words = ("verify", "./openparticipant.service", "./openparticipant.socket")
    assert analyze(*words, units=installed) == ""


def test_little_of_the_machine_is_within_reach(installed: Path) -> None:
    """Systemd's own count of what the service could do to others stays low."""
    words = ("security", "--offline=yes", f"--threshold={_EXPOSURE}", "./openparticipant.service")
    analyze(*words, "--no-pager", units=installed)


def test_the_server_runs_where_no_memory_may_become_code(tmp_path: Path) -> None:
    """Neither its event loop nor its parsers nor its certificates need any."""
    prefix = (sys.executable, "-c", _NO_NEW_CODE)
    if subprocess.run([*prefix, "/bin/true"], check=False, timeout=30).returncode == 77:
        pytest.skip("a kernel of 6.3 or newer is not there")
    arguments = ("--tls", "auto")
    with ServeProcess(
        tmp_path / "data",
        *arguments,
        log=tmp_path / "log",
        environment=plain_environment(),
        prefix=prefix,
    ) as server:
        assert server.url.startswith("https:")
        assert server.terminate() == 0
    with (
        ServeProcess(
            tmp_path / "data", log=tmp_path / "log", environment=plain_environment(), prefix=prefix
        ) as server,
        closing(Line(server.url, control_key(server.data_dir))) as line,
    ):
        assert begin(line).connection_token


def test_systemd_waits_longer_than_the_server_drains() -> None:
    """Else it would kill what still finishes an upload."""
    loaded = settings.load({}, {}, _DEPLOY / "openparticipant.toml").settings
    seconds = int(unit(_SERVICE)["Service"]["TimeoutStopSec"])
    assert seconds > loaded.drain_pause + loaded.drain_timeout


def test_the_socket_is_where_nginx_looks_for_it() -> None:
    """As the page on deploying has it."""
    listening = unit(_UNITS / "openparticipant.socket")["Socket"]["ListenStream"]
    page = (_DEPLOY.parent / "docs" / "deploy.md").read_text("utf-8")
    assert f"NODES='server {listening};'" in page


def test_whatever_the_units_set_is_a_setting(tmp_path: Path) -> None:
    """And each file of settings is one that the server takes."""
    flags = {
        word[2:] for word in unit(_SERVICE)["Service"]["ExecStart"].split() if word[:2] == "--"
    }
    assert flags <= {"config", *(setting.flag for setting in SETTINGS)}
    drop_in = (_UNITS / "openparticipant.service.d" / "engines.conf").read_text("utf-8")
    credentials = {
        "database": "postgresql://openparticipant:secret@10.0.0.10/openparticipant",
        "master-key": f"{'A' * 43}=",
        "s3": "[default]\n",
    }
    for name, text in credentials.items():
        assert f"LoadCredential={name}:" in drop_in
        (tmp_path / name).write_text(text)
    environ = dict(
        line.removeprefix("Environment=").replace("%d", str(tmp_path)).split("=", 1)
        for line in drop_in.splitlines()
        if line.startswith("Environment=")
    )
    loaded = settings.load({}, environ, _DEPLOY / "openparticipant-engines.toml")
    assert list(loaded.warnings) == []
    assert loaded.settings.database == credentials["database"]
    assert loaded.settings.master_key is not None
    assert settings.load({}, {}, _DEPLOY / "openparticipant.toml").settings.instances == ("prod",)

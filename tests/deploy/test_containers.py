"""The Dockerfile and the Compose file, which no engine runs here: what can be read off them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from openparticipant import settings
from openparticipant.setting import PREFIX
from tests.engines.nginx import SHIPPED

_ROOT = Path(__file__).parent.parent.parent
_DEPLOY = _ROOT / "deploy"
# What the Compose specification lets a service have, as far as we use any of it.
_KNOWN = {
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "entrypoint",
    "environment",
    "healthcheck",
    "image",
    "networks",
    "ports",
    "read_only",
    "restart",
    "secrets",
    "security_opt",
    "shm_size",
    "stop_grace_period",
    "tmpfs",
    "ulimits",
    "volumes",
}
_CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def instructions(path: Path) -> list[tuple[str, str]]:
    """Return a Dockerfile's instructions and their words, long ones joined."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined) if name]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """Return the Compose file, its anchors followed."""
    read: dict[str, Any] = yaml.safe_load((_DEPLOY / "compose.yaml").read_text("utf-8"))
    return read


DOCKERFILE = instructions(_DEPLOY / "Dockerfile")


def words_of(wanted: str) -> list[str]:
    return [words for name, words in DOCKERFILE if name == wanted]


def test_whatever_the_image_copies_is_sent_to_its_build() -> None:
    """Each source is there, and the ignore file, which leaves out all else, lets it through."""
    ignored = (_DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    sent = [line[1:] for line in ignored if line.startswith("!")]
    copied = []
    for words in words_of("COPY"):
        flags = [word for word in words.split() if word.startswith("--")]
        if not any(flag.startswith("--from=") for flag in flags):
            copied += [word for word in words.split() if word not in flags][:-1]
    assert sorted(copied) == sorted(sent)
    assert [source for source in copied if not (_ROOT / source).exists()] == []


def test_the_image_needs_no_shell_and_no_root() -> None:
    """Each command is a list of words, which runs as it stands; the user is a number above 0."""
    for name in ("RUN", "ENTRYPOINT", "CMD", "VOLUME"):
        for words in words_of(name):
            assert all(isinstance(word, str) for word in json.loads(words)), words
    (check,) = words_of("HEALTHCHECK")
    program, flag, script = json.loads(check.partition("CMD ")[2])
    assert flag == "-c"
    compile(script, program, "exec")
    (user,) = words_of("USER")
    assert all(int(one) > 0 for one in user.split(":"))
    assert words_of("STOPSIGNAL") == ["SIGTERM"]


def test_the_image_sets_what_the_server_knows() -> None:
    """Its address and directory are settings, on the port that it exposes."""
    (assigned,) = words_of("ENV")
    environ = dict(word.split("=", 1) for word in shlex.split(assigned))
    loaded = settings.load({}, environ, None)
    assert list(loaded.warnings) == []
    assert words_of("EXPOSE") == [str(loaded.settings.port)]
    assert words_of("VOLUME") == [json.dumps([str(loaded.settings.data_dir)])]


def test_the_image_has_what_any_engine_needs() -> None:
    """The lock behind it holds the releases that the tests ran with, each of them with its hashes."""
    locked, tested = (_locked(name) for name in ("requirements-all.lock", "requirements-dev.lock"))
    assert locked.items() <= tested.items()
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (together,) = project["optional-dependencies"]["all"]
    extras = re.findall(r"[a-z0-9]+", together.partition("[")[2])
    wanted = [*project["dependencies"]]
    wanted += [one for extra in extras for one in project["optional-dependencies"][extra]]
    names = {re.split(r"[<>=~! ]", one)[0] for one in wanted}
    assert names <= locked.keys()


def _locked(name: str) -> dict[str, str]:
    text = (_ROOT / name).read_text("utf-8")
    pinned = re.findall(
        r"^([a-z0-9-]+)==(\S+)[^\n]*((?:\n +--hash=\S+[^\n]*)+)", text, re.MULTILINE
    )
    assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
    return {package: version for package, version, _ in pinned}


def test_whatever_a_service_refers_to_is_there(compose: dict[str, Any]) -> None:
    """Services, networks, volumes, secrets, files of this repository; and nothing is left over."""
    services = compose["services"]
    used: dict[str, set[str]] = {"networks": set(), "volumes": set(), "secrets": set()}
    for name, service in services.items():
        assert service.keys() <= _KNOWN, name
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] in _CONDITIONS
            healthy = how["condition"] == "service_healthy"
            assert not healthy or "healthcheck" in services[other] or "build" in services[other]
        used["networks"].update(service["networks"])
        used["secrets"].update(service.get("secrets", []))
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (_DEPLOY / source).exists()
            else:
                used["volumes"].add(source)
    for kind, names in used.items():
        assert names == compose[kind].keys()
    for secret, given in compose["secrets"].items():
        assert given == {"file": f"./secrets/{secret}"}


def test_each_secret_that_is_named_is_given_to_that_service(compose: dict[str, Any]) -> None:
    """A path below /run/secrets is one that Compose puts there."""
    for name, service in compose["services"].items():
        named = set(re.findall(r"/run/secrets/([a-z0-9-]+)", json.dumps(service)))
        assert named == set(service.get("secrets", [])), name


def test_the_script_makes_each_secret_but_the_certificate(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    """As the settings read them; run again, it changes nothing."""
    script = shutil.copy(_DEPLOY / "secrets.sh", tmp_path)
    for _ in range(2):
        subprocess.run([script], check=True, timeout=60)
        made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert made.keys() | {"tls-certificate", "tls-key"} == compose["secrets"].keys()
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    (identity,) = json.loads(made["s3-identities"])["identities"]
    (pair,) = identity["credentials"]
    assert f"aws_secret_access_key = {pair['secretKey']}" in made["s3-credentials"]
    assert f"aws_access_key_id = {pair['accessKey']}" in made["s3-credentials"]
    environ = {
        name: str(value).replace("/run/secrets", str(tmp_path / "secrets"))
        for name, value in compose["services"]["node-1"]["environment"].items()
        if name.startswith(PREFIX)
    }
    given = settings.load({}, {name: _filled(it) for name, it in environ.items()}, None)
    assert list(given.warnings) == []
    assert made["postgres-password"].strip() in given.settings.database
    assert given.settings.drain_pause > 4 == _kept_by_nginx()
    grace = compose["services"]["node-1"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > given.settings.drain_pause + given.settings.drain_timeout


def _filled(text: str) -> str:
    """Return what Compose makes of a value whose variables are not set."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", text)


def _kept_by_nginx() -> int:
    """Return for how many seconds nginx keeps an idle connection to a node."""
    text = (SHIPPED / "10-openparticipant.conf.template").read_text("utf-8")
    (upstream,) = re.findall(r"^upstream openparticipant \{.*?^\}", text, re.MULTILINE | re.DOTALL)
    (seconds,) = re.findall(r"keepalive_timeout (\d+)s;", upstream)
    return int(seconds)


def test_nginx_gets_a_value_for_each_name_and_finds_the_others(compose: dict[str, Any]) -> None:
    """The templates ask for what Compose fills in; the servers it names are services on their ports."""
    nginx = compose["services"]["nginx"]
    asked = set()
    for path in SHIPPED.glob("*.template"):
        asked |= set(re.findall(r"\$\{([A-Z_]+)\}", path.read_text("utf-8")))
    assert asked == nginx["environment"].keys()
    assert nginx["ports"] == [f"{nginx['environment']['LISTEN'].split()[0]}:443"]
    (port,) = words_of("EXPOSE")
    nodes = [name for name in compose["services"] if name.startswith("node-")]
    named = re.findall(r"server (\S+)", nginx["environment"]["NODES"])
    assert named == [f"{node}:{port}" for node in nodes]
    for engine in (*named, *re.findall(r"server ([^;]+)", nginx["environment"]["OBJECTS"])):
        assert engine.split(":")[0] in compose["services"]

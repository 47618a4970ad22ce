"""Where AWS is, judged by what botocore's clients really ask."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import EndpointVariantError
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openparticipant.cli import profile, region
from openparticipant.cli.endpoint import resolve
from openparticipant.cli.global_options import GlobalOptions
from openparticipant.cli.refusal import CommandError

GENERATOR = Path(__file__).parents[2] / "tools/generate_endpoints.py"
SESSION = botocore.session.Session()
LOADER = SESSION.get_component("data_loader")
PARTITIONS = LOADER.load_data("partitions")["partitions"]
CALLS: dict[str, tuple[str, dict[str, str], str]] = {
    "connectparticipant": (
        "disconnect_participant",
        {"ConnectionToken": "t"},
        "/participant/disconnect",
    ),
    "connect": ("list_instances", {}, "/instance"),
}
VARIANTS = list(product((False, True), repeat=2))
# As people misspell them, or as they may be called one day.
UNKNOWN = [
    *("mars-north-7", "us-east-x", "us-east", "cn-", "cn-x", "cn-north-east-1", "CN-north-1"),
    *("us-gov-east-9", "us-gov-1", "us-iso-1-1", "us-isoe-east-1", "eusc-fr-east-1", "eusc-de-1"),
    *("eu-isoe-north-2", "us-isof-x-0", "xcn-north-1", "cn-north-1x", "x", "a0"),
    *("us-east-1-fips", "fips-cn-north-1", "x-fips-y", "fips-aws-iso-f-global", "fips-fips-x"),
]


def known() -> Iterator[str]:
    """Name every region that botocore's data has, with those that only clients of old had."""
    for partition in PARTITIONS:
        yield from partition["regions"]
    for partition in LOADER.load_data("endpoints")["partitions"]:
        yield from partition["regions"]
        for service in ("connect", "participant.connect"):
            yield from partition["services"].get(service, {}).get("endpoints", {})


class _Asked(Exception):  # noqa: N818 - not an error
    def __init__(self, url: str) -> None:
        self.url = url


def asked_by_botocore(service: str, name: str, *, fips: bool, dualstack: bool) -> str:
    """Return the URL that a real client is about to ask, or its complaint."""
    variants = {"use_fips_endpoint": fips, "use_dualstack_endpoint": dualstack}
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}, **variants)
    call, members, path = CALLS[service]

    def stop(request: Any, **_: object) -> None:
        raise _Asked(request.url)

    try:
        client = SESSION.create_client(service, region_name=name, config=config)
    except (EndpointVariantError, ValueError) as error:
        return str(error)
    client.meta.events.register("before-send", stop)
    with pytest.raises(_Asked) as asked:
        getattr(client, call)(**members)
    return asked.value.url.removesuffix(path)


def found(
    service: str, options: Mapping[str, str], environ: Mapping[str, str], text: str = ""
) -> str:
    """Return the URL that we find, or the complaint."""
    sections = profile.parse(f"[default]\n{text}")
    chosen = profile.Profile("default", sections["default"], sections)
    try:
        return resolve(service, GlobalOptions(options), environ, chosen).url
    except CommandError as error:
        return str(error)


def compare(name: str) -> None:
    """Compare every service and variant in a region."""
    for service, (fips, dualstack) in product(CALLS, VARIANTS):
        environ = {
            "AWS_USE_FIPS_ENDPOINT": str(fips),
            "AWS_USE_DUALSTACK_ENDPOINT": str(dualstack).upper(),
        }
        theirs = asked_by_botocore(service, name, fips=fips, dualstack=dualstack)
        assert found(service, {"--region": name}, environ) == theirs


@pytest.mark.parametrize("name", sorted({*known(), *UNKNOWN}))
def test_a_region_leads_to_amazon(name: str) -> None:
    """The host is the one that SDKs ask, in every partition and variant, and so is the error."""
    compare(name)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        [
            st.from_regex(re.compile(each["regionRegex"], re.ASCII), fullmatch=True)
            for each in PARTITIONS
        ]
    )
)
def test_a_region_to_come_is_where_its_partition_is(name: str) -> None:
    """A region opens without a new release of ours."""
    assume("_" not in name and len(name) < 40)
    compare(name)


@pytest.mark.parametrize("name", ["fips-", "-fips", "us-gov-x-", "fips_x"])
def test_a_bad_region_is_shown_as_it_was_given(name: str) -> None:
    """What asks for FIPS is not taken off before the name was judged."""
    sentence = f"Provided region_name '{name}' doesn't match a supported format."

    assert found("connect", {"--region": name}, {}) == sentence


def test_the_table_is_fresh() -> None:
    """Whoever changes the release of botocore must write the table anew."""
    ran = subprocess.run(
        [sys.executable, GENERATOR, "--check"], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("setting", ["use_fips_endpoint", "use_dualstack_endpoint"])
@pytest.mark.parametrize("value", ["true", "True", "TRUE", "1", "yes", "", "false"])
@pytest.mark.parametrize("other", [None, "true", "false"])
def test_a_switch_is_read_as_botocore_reads_it(
    setting: str, value: str, other: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `true` is on, in any case; the environment beats the profile, whatever it says."""
    text = "" if other is None else f"{setting} = {other}\n"
    (tmp_path / "config").write_text(f"[default]\n{text}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv(f"AWS_{setting.upper()}", value)
    theirs = botocore.session.Session().get_config_variable(setting)
    sections = profile.parse(f"[default]\n{text}")
    ours = profile.Profile("default", sections["default"], sections)

    assert region.is_on(setting, {f"AWS_{setting.upper()}": value}, ours) == theirs
    assert region.is_on(setting, {}, ours) == (other == "true")


def test_a_known_endpoint_needs_no_variant() -> None:
    """Whoever names a server means it; only the `aws` command minds a partition that lacks one."""
    environ = {"AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_USE_FIPS_ENDPOINT": "true"}
    options = {"--region": "eu-isoe-west-1", "--endpoint-url": "http://h"}

    assert found("connect", options, environ) == "http://h"


def test_the_profile_may_ask_for_a_variant() -> None:
    """Both switches are settings, too."""
    text = "use_fips_endpoint = true\nuse_dualstack_endpoint = true\nregion = us-east-1"

    assert found("connect", {}, {}, text) == "https://connect-fips.us-east-1.api.aws"


def test_the_region_of_a_fips_name_is_the_one_to_sign_for() -> None:
    """Only the host has a FIPS part."""
    sections = profile.parse("[default]\nregion = fips-us-west-2")
    chosen = profile.Profile("default", sections["default"], sections)

    assert resolve("connect", GlobalOptions({}), {}, chosen).region == "us-west-2"


@pytest.mark.parametrize("variable", [None, "true", "TRUE", "false", "1", ""])
@pytest.mark.parametrize("setting", [None, "true", "True", "false", "yes"])
def test_configured_endpoints_are_ignored_as_botocore_ignores_them(
    variable: str | None, setting: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch has two places, as the others, and covers variables and profile."""
    text = "endpoint_url = http://profile\n"
    if setting is not None:
        text += f"ignore_configured_endpoint_urls = {setting}\n"
    (tmp_path / "config").write_text(f"[default]\n{text}")
    environ = {"AWS_ENDPOINT_URL_CONNECTPARTICIPANT": "http://variable"}
    if variable is not None:
        environ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = variable
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    session = botocore.session.Session()
    session.register_component("data_loader", LOADER)
    client = session.create_client("connectparticipant", region_name="x")

    ours = found("connectparticipant", {"--region": "x"}, environ, text)
    assert ours == client.meta.endpoint_url

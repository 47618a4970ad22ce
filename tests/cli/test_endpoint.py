"""Where the service is, whom to trust there, and how long to wait."""

from __future__ import annotations

import functools

import pytest

from openparticipant.cli import profile
from openparticipant.cli.endpoint import Endpoint, resolve
from openparticipant.cli.global_options import GlobalOptions
from openparticipant.cli.refusal import CommandError, NoRegionError
from tests.cli.recording import recording
from tests.cli.worlds import START, TOKEN, command


def found(
    config: str = "",
    *,
    service: str = "connectparticipant",
    environ: dict[str, str] | None = None,
    **options: str,
) -> Endpoint:
    values = {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    sections = profile.parse(config)
    settings = sections.get("default", {})
    return resolve(
        service,
        GlobalOptions(values),
        environ or {},
        profile.Profile("default", settings, sections),
    )


NO_SCHEME = (
    'Bad value for --endpoint-url "127.0.0.1:80": scheme is missing.  '
    "Must be of the form http://<hostname>/ or https://<hostname>/"
)
BELOW_ZERO = (
    "Attempted to set read timeout to -1, "
    "but the timeout cannot be set to a value less than or equal to 0."
)
CONFIG = """
[default]
region = us-east-1
endpoint_url = http://profile
services = mine
[services mine]
connectparticipant =
  endpoint_url = http://section
"""
ENVIRON = {"AWS_ENDPOINT_URL": "http://any", "AWS_ENDPOINT_URL_CONNECTPARTICIPANT": "http://own"}


def test_the_endpoint_is_looked_for_in_order() -> None:
    """Option, own variable, general variable, services section, profile, region."""
    general = {"AWS_ENDPOINT_URL": "http://any"}
    plain = CONFIG.replace("services = mine", "")

    assert found(CONFIG, environ=ENVIRON, endpoint_url="http://option").url == "http://option"
    assert found(CONFIG, environ=ENVIRON).url == "http://own"
    assert found(CONFIG, environ=general).url == "http://any"
    assert found(CONFIG).url == "http://section"
    assert found(plain).url == "http://profile"
    assert found(plain.replace("endpoint_url", "x")).url.startswith(
        "https://participant.connect.us"
    )


def test_configured_endpoints_can_be_ignored() -> None:
    """All but the option."""
    ignoring = {**ENVIRON, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}

    assert ".amazonaws.com" in found(CONFIG, environ=ignoring).url
    assert found(CONFIG, environ=ignoring, endpoint_url="http://option").url == "http://option"


def test_a_services_section_must_exist() -> None:
    """A dangling name is a mistake, not a default."""
    with pytest.raises(CommandError, match='but the "none" services configuration does not exist'):
        found("[default]\nservices = none\nregion = x")


def test_the_region_is_looked_for_in_order() -> None:
    """Option, the variable that AWS's command reads, the one that SDKs read, profile."""
    environ = {"AWS_DEFAULT_REGION": "b", "AWS_REGION": "c"}

    assert found(CONFIG, environ=environ, region="a").region == "a"
    assert found(CONFIG, environ=environ).region == "b"
    assert found(CONFIG, environ={"AWS_REGION": "c"}).region == "c"
    assert found(CONFIG).region == "us-east-1"


def test_without_region_only_a_known_endpoint_is_found() -> None:
    """The participant plane does not sign, so a region is needed for nothing but the host."""
    assert found(endpoint_url="http://h").region is None
    with pytest.raises(NoRegionError):
        found()


def test_a_missing_region_is_told_without_a_blank_line() -> None:
    """The one sentence of AWS's command that begins at once."""
    outcome = command(*START, *TOKEN)

    assert outcome.status == 255
    assert outcome.err == (
        "You must specify a region. You can also configure your region by running "
        '"aws configure".\n'
    )


@pytest.mark.parametrize("region", ["x y", "-x", "x-", "123", "x" * 64, "é"])
def test_a_region_is_a_host_label(region: str) -> None:
    """Anything else would lead to another host."""
    with pytest.raises(CommandError, match="doesn't match a supported format"):
        found(region=region)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://", "Invalid endpoint: http://"),
        ("http://a b", "Invalid endpoint: http://a b"),
        ("http://-h", "Invalid endpoint: http://-h"),
        ("http://h\n", "Invalid endpoint: http://h\n"),
        ("ftp://h", "An HTTP Client raised an unhandled exception: Not supported URL scheme ftp"),
        ("127.0.0.1:80", NO_SCHEME),
    ],
)
def test_a_bad_endpoint_is_refused_before_anything_is_sent(url: str, sentence: str) -> None:
    """The sentence names the value."""
    outcome = command(*START, *TOKEN, "--endpoint-url", url, "--region", "x")

    assert (outcome.status, outcome.err) == (255, f"\n{sentence}\n")


@pytest.mark.parametrize("url", ["http://h.", "http://u@h:80/x", "http://[::1]:80/x", "HTTP://H"])
def test_a_good_endpoint_is_taken(url: str) -> None:
    """Ports, addresses and a final dot are no mistakes."""
    assert found(endpoint_url=url).url == url


def test_whom_to_trust_is_looked_for_in_order() -> None:
    """No check at all wins; then option, AWS's variable, profile, the general variable."""
    environ = {"AWS_CA_BUNDLE": "b", "REQUESTS_CA_BUNDLE": "d"}
    config = "[default]\nca_bundle = c"
    here = functools.partial(found, endpoint_url="https://h")

    assert here(config, environ=environ, ca_bundle="a").reach.trust == "a"
    assert here(config, environ=environ).reach.trust == "b"
    assert here(config, environ={"REQUESTS_CA_BUNDLE": "d"}).reach.trust == "c"
    assert here(environ={"REQUESTS_CA_BUNDLE": "d"}).reach.trust == "d"
    assert here().reach.trust is None
    assert here(config, environ=environ, no_verify_ssl="").reach.trust is False
    with pytest.raises(CommandError, match="--ca-bundle"):
        here(ca_bundle="")


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--cli-read-timeout=abc", "invalid literal for int() with base 10: 'abc'"),
        ("--cli-connect-timeout=", "invalid literal for int() with base 10: ''"),
        ("--cli-read-timeout=-1", BELOW_ZERO),
    ],
)
def test_a_time_out_is_a_number_of_seconds(option: str, sentence: str) -> None:
    """Zero waits for ever, less is a mistake."""
    with recording() as server:
        outcome = command(*START, *TOKEN, "--endpoint-url", server.url, option)
        calm = command(*START, *TOKEN, "--endpoint-url", server.url, "--cli-read-timeout=0")

    assert (outcome.status, outcome.err) == (255, f"\n{sentence}\n")
    assert calm.status == 0
    assert len(server.requests) == 1

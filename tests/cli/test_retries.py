"""What is tried again, judged by botocore's own handlers."""

from __future__ import annotations

from collections.abc import Mapping

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.hooks import first_non_none_response
from botocore.retries.standard import ExponentialBackoff, RetryContext
from botocore.retryhandler import delay_exponential
from hypothesis import given
from hypothesis import strategies as st

from openparticipant.cli import profile
from openparticipant.cli.refusal import CommandError
from openparticipant.cli.retries import LEGACY, MODES, Retries, configured

SESSION = botocore.session.Session()
STATUSES = [
    *(300, 301, 304, 400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 418, 421, 425, 429, 431),
    *(500, 501, 502, 503, 504, 505, 507, 508, 509, 510, 511, 520, 529, 599),
]
# Every code that either knows, as far as docs and models name them, with some that neither does.
CODES = [
    *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException"),
    *("TooManyRequestsException", "ProvisionedThroughputExceededException", "SlowDown"),
    *("TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded"),
    *("LimitExceededException", "RequestThrottled", "PriorRequestNotComplete", "RequestTimeout"),
    *("EC2ThrottledException", "RequestTimeoutException", "throttling", "Throttled"),
    *(
        "ValidationException",
        "AccessDeniedException",
        "ConflictException",
        "InternalServerException",
    ),
    *("ServiceQuotaExceededException", "ResourceNotFoundException", "IDPCommunicationError", "X"),
    *("ServiceUnavailable", "ServiceUnavailableException", "InternalFailure", "RequestExpired"),
    *("RequestThrottledExceptions", "ClockSkew", "ReplicatedWriteConflictException", "Error"),
]


class Judge:
    """A real client, asked what it would do. Its patience lasts for some hundred questions."""

    def __init__(self, mode: str, most: int) -> None:
        config = Config(
            signature_version=UNSIGNED, retries={"mode": mode, "total_max_attempts": most}
        )
        self._client = SESSION.create_client("connectparticipant", "us-east-1", config=config)

    def __call__(self, attempt: int, status: int, code: str) -> tuple[bool, bool]:
        """Return whether it tries again, and whether it says that it has given up."""
        metadata = {"HTTPStatusCode": status}
        parsed = {"Error": {"Code": code}, "ResponseMetadata": metadata}
        meta = self._client.meta
        answer = meta.events.emit(
            "needs-retry.connectparticipant.StartAttachmentUpload",
            response=(AWSResponse("http://h", status, {}, None), parsed),
            endpoint=None,
            operation=meta.service_model.operation_model("StartAttachmentUpload"),
            attempts=attempt,
            caught_exception=None,
            request_dict={"context": {"retries": {"attempt": attempt}}},
        )
        return first_non_none_response(answer) is not None, "MaxAttemptsReached" in metadata


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("status", STATUSES)
def test_the_same_errors_are_tried_again(mode: str, status: int) -> None:
    """Status and code decide as they do in SDKs, in each mode, at the first and the last attempt."""
    retries, judged = Retries(mode, 2), Judge(mode, 2)
    for code in [*CODES, str(status)]:
        passing = retries.is_passing(status, code)

        assert judged(1, status, code) == (passing, False), code
        ran_out = retries.ran_out(2, passing=passing)
        assert judged(2, status, code) == (False, ran_out), code


@given(st.sampled_from(MODES), st.integers(1, 30), st.floats(0, 1, exclude_max=True))
def test_pauses_are_as_long(mode: str, attempt: int, chance: float) -> None:
    """The same chance gives the same pause."""
    if mode == LEGACY:
        theirs = chance and delay_exponential(chance, 2, attempt)
    else:
        backoff = ExponentialBackoff(random=lambda: chance)
        theirs = backoff.delay_amount(RetryContext(attempt))

    assert Retries(mode).pause(attempt, chance) == theirs


@pytest.mark.parametrize("attempts", [None, "1", "7", " 2 ", "1_0", "0", "-3", "abc", "", "5.5"])
@pytest.mark.parametrize("mode", [None, *MODES, "STANDARD", "bogus", ""])
@pytest.mark.parametrize("in_profile", [False, True])
def test_settings_are_read_as_botocore_reads_them(
    attempts: str | None,
    mode: str | None,
    in_profile: bool,  # noqa: FBT001 - pytest passes it by name
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same number of attempts, else the same sentence."""
    named = {"max_attempts": attempts, "retry_mode": mode}
    given = {name: value for name, value in named.items() if value is not None}
    text = "[default]\n" + "".join(f"{name} = {value}\n" for name, value in given.items())
    variables = {f"AWS_{name.upper()}": value for name, value in given.items()}
    config = tmp_path_factory.mktemp("home") / "config"
    config.write_text(text if in_profile else "")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for name, value in ({} if in_profile else variables).items():
        monkeypatch.setenv(name, value)
    sections = profile.parse(text if in_profile else "")
    ours = profile.Profile("default", sections.get("default", {}), sections)
    environ = {} if in_profile else variables

    assert ours_says(environ, ours) == botocore_says()


def botocore_says() -> tuple[str, int] | str:
    """Return mode and attempts that a client takes from its settings, or its complaint."""
    session = botocore.session.Session()
    session.register_component("data_loader", SESSION.get_component("data_loader"))
    try:
        client = session.create_client("connectparticipant", "us-east-1")
    except (ValueError, BotoCoreError) as error:
        return str(error)
    retries = client.meta.config.retries
    mode = retries["mode"]
    return mode, retries.get("total_max_attempts") or (5 if mode == LEGACY else 3)


def ours_says(environ: Mapping[str, str], settings: profile.Profile) -> tuple[str, int] | str:
    """Return ours."""
    try:
        retries = configured(environ, settings)
    except CommandError as error:
        return str(error)
    return retries.mode, retries.most


def test_the_environment_beats_the_profile() -> None:
    """As everywhere else."""
    sections = profile.parse("[default]\nmax_attempts = 9\nretry_mode = bogus\n")
    ours = profile.Profile("default", sections["default"], sections)
    environ = {"AWS_MAX_ATTEMPTS": "2", "AWS_RETRY_MODE": "standard"}

    assert configured(environ, ours).most == 2

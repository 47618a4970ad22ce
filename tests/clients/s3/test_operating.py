"""What an operator does with a bucket, and what each mistake gets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from openparticipant.testing.raw_http import fetch
from tests.engines.s3 import S3Server
from tests.serve_process import plain_environment

PAGE = "https://chat.example"
THEIRS = (
    b"<CORSConfiguration><CORSRule><ID>theirs</ID><AllowedOrigin>https://their.example"
    b"</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>"
)


@pytest.fixture(params=["seaweedfs", "radosgw"])
def store(request: pytest.FixtureRequest) -> S3Server:
    """Return each S3 server in turn."""
    server: S3Server = request.getfixturevalue(request.param)
    return server


@pytest.mark.parametrize(
    ("change", "environment", "said"),
    [
        (("s3://attachments", "s3://nobodys"), {}, "s3://nobodys: NoSuchBucket (404)"),
        ((), {"AWS_SECRET_ACCESS_KEY": "wrong"}, "SignatureDoesNotMatch (403)"),
        ((), {"AWS_ACCESS_KEY_ID": "wrong"}, "InvalidAccessKeyId (403)"),
        ((), {"AWS_ACCESS_KEY_ID": ""}, "no credentials: "),
        ((), {"AWS_PROFILE": "nobodys"}, "no credentials: The config profile (nobodys)"),
        ((), {"AWS_SESSION_TOKEN": "t" * 2000}, "the session token alone has 2000"),
        (("http:", "https:"), {}, "it does not speak TLS as we do"),
        (("http:", "ftp:"), {}, "endpoint must be an origin"),
        (("region=", "acl=public-read&region="), {}, "acl must be none or one of"),
    ],
)
def test_a_bucket_that_cannot_be_used_ends_the_start(
    seaweedfs: S3Server,
    tmp_path: Path,
    change: tuple[str, str] | tuple[()],
    environment: dict[str, str],
    said: str,
) -> None:
    """One line that says what is wrong, and status 2; `config check` says the same."""
    address = seaweedfs.address.replace(*change) if change else seaweedfs.address
    alone = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", **environment}
    words = ("--objects", address, "--data-dir", str(tmp_path / "data"))
    for command in (("config", "check"), ("serve", "--port", "0")):
        ended = seaweedfs.command(*command, *words, **alone)
        last = ended.stderr.splitlines()[-1]
        assert (ended.returncode, ended.stdout) == (2, "")
        assert last.startswith("openparticipant: --objects")
        assert said in last
        assert environment.get("AWS_SESSION_TOKEN", "t" * 2000) not in ended.stderr


def test_a_missing_extra_is_one_line(tmp_path: Path) -> None:
    """It says what to install."""
    script = (
        "import sys; sys.modules['aiohttp'] = None\n"
        "from openparticipant.cli.main import main; sys.exit(main())"
    )
    words = ("serve", "--port", "0", "--data-dir", str(tmp_path), "--objects", "s3://bucket")
    ended = subprocess.run(
        [sys.executable, "-c", script, *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env=plain_environment(),
    )

    assert ended.returncode == 2
    assert ended.stderr == (
        'openparticipant: --objects s3://… needs the extra "s3": '
        "pip install 'openparticipant[s3]'\n"
    )


def test_who_has_no_bucket_carries_nothing_of_it() -> None:
    """The embedded default neither needs the extra nor waits for it."""
    script = (
        "import sys, openparticipant.cli.serve\n"
        "print(sorted({'aiohttp', 'botocore', 'openparticipant.objects.s3'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60
    )

    assert ended.stdout == "[]\n"


async def test_a_set_up_bucket_answers_its_pages(store: S3Server) -> None:
    """Pages of the allowed origins may upload and others may not; rules of others stay."""
    store.ask("PUT", f"/{store.bucket}", THEIRS, query=(("cors", ""),))
    options = ("--objects", store.address, "--allowed-origins", PAGE)
    shown = store.command("bucket", "setup", "--print", *options)
    assert b"theirs" in (before := store.ask("GET", f"/{store.bucket}", query=(("cors", ""),)))
    assert PAGE.encode() not in before

    done = store.command("bucket", "setup", *options)
    again = store.command("bucket", "setup", "--print", *options)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "the bucket can be used; its cors and lifecycle rules are in place\n"
    for listed in (shown, again):
        assert listed.returncode == 0
        assert "<ID>theirs</ID>" in listed.stdout
        assert f"<AllowedOrigin>{PAGE}</AllowedOrigin>" in listed.stdout
        assert "<Prefix>chats/staging/</Prefix>" in listed.stdout
    for origin, admitted in ((PAGE, True), ("https://foreign.example", False)):
        asks = {
            "Origin": origin,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type,x-amz-acl,x-amz-meta-contact_id",
        }
        answer = await fetch("OPTIONS", f"{store.base}/{store.bucket}/chats/x", asks)
        assert (answer.status in {200, 204}) == admitted
    assert store.command("bucket", "setup", "--objects", store.address).returncode == 0


def test_a_set_up_leaves_nothing_of_its_probe(store: S3Server) -> None:
    """The bucket is written to, copied in, read and cleared before its rules are touched."""
    before = store.list("")

    assert store.command("bucket", "setup", "--objects", store.address).returncode == 0

    assert store.list("").count("<Key>") == before.count("<Key>")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--objects names no bucket"),
        (("--objects", "s3://b?endpoint=http://x"), "needs the name of a bucket"),
        (
            ("--objects", "s3://bucket?endpoint=http://127.0.0.1:1"),
            "127.0.0.1:1: connection refused",
        ),
    ],
)
def test_a_set_up_that_cannot_be_is_one_line(
    seaweedfs: S3Server, words: tuple[str, ...], said: str
) -> None:
    """And status 2."""
    ended = seaweedfs.command("bucket", "setup", *words)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr.splitlines()[-1]

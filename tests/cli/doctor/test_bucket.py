"""`doctor` where the files lie in a bucket, which pages reach by themselves or by a proxy."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from openparticipant.cli.examination import bucket_cors
from openparticipant.objects.s3.bucket import read_bucket
from openparticipant.objects.s3.rules import cors_rule
from openparticipant.testing.server import Server
from tests.cli.doctor.examining import ORIGIN, examine, only_wrong
from tests.engines.nginx import Nginx
from tests.engines.ports import free_ports
from tests.engines.s3 import S3Server
from tests.requirements import require
from tests.serve_process import plain_environment

_HEADERS = {"Content-Type": "", "Content-Length": "", "x-amz-acl": "", "x-amz-meta-contact_id": ""}
_numbers = itertools.count(1)


@pytest.fixture
def bucket(seaweedfs: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """Return a server with a new bucket, whose keys are in the environment."""
    fresh = replace(seaweedfs, bucket=f"doctored-{next(_numbers)}")
    fresh.make_bucket()
    for name, value in fresh.environment.items():
        monkeypatch.setenv(name, value)
    return fresh


def test_a_bucket_that_does_not_know_the_page_is_told_of_it_by_one_line(bucket: S3Server) -> None:
    """What the page may not do is named once; the line that mends it works as it was printed."""
    program = Path(sys.executable).with_name("aws")
    require(program.exists(), "the aws command")
    # Without any rule, SeaweedFS lets in whoever comes; S3 itself then lets in nobody.
    rules = ("--objects", bucket.address, "--allowed-origins", "https://shop.example")
    assert bucket.command("bucket", "setup", *rules).returncode == 0
    with Server(log=io.BytesIO(), objects=bucket.address) as server:
        broken = examine(environ=server.environment)
        (line,) = [each for each in broken.out.splitlines() if "put-bucket-cors" in each]
        environment = plain_environment(**bucket.environment, AWS_DEFAULT_REGION=bucket.region)
        pasted = line.strip().replace("aws ", f"{program} ", 1)
        ran = subprocess.run(
            ["/bin/sh", "-c", pasted], env=environment, capture_output=True, check=False, timeout=60
        )
        mended = examine(environ=server.environment)

    wrong = only_wrong(broken)
    assert wrong.startswith(f"upload preflight: the preflight of PUT /{bucket.bucket}/chats/")
    assert "openparticipant bucket setup --allowed-origins https://chat.example.org" in wrong
    assert broken.checks["download"] == "ok"
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert mended.status == 0, mended.out


def test_a_proxy_that_rewrites_the_host_is_named(bucket: S3Server, tmp_path: Path) -> None:
    """The store's bare SignatureDoesNotMatch gets its usual cause."""
    assert bucket.command("bucket", "setup", "--objects", bucket.address).returncode == 0
    port, objects_port = free_ports(2)
    objects_url = f"http://127.0.0.1:{objects_port}"
    with Server(log=io.BytesIO(), objects=bucket.address, objects_url=objects_url) as server:
        nginx = Nginx(
            tmp_path,
            port,
            [server.url],
            encrypted=False,
            objects=bucket.base,
            objects_port=objects_port,
        )
        path = tmp_path / "conf.d" / "20-openparticipant-objects.conf"
        text = path.read_text("utf-8")
        assert "proxy_set_header Host $http_host;" in text
        with nginx:
            well = examine(environ=server.environment)
        path.write_text(text.replace("proxy_set_header Host $http_host;", ""), "utf-8")
        with nginx:
            broken = examine(environ=server.environment)

    assert well.status == 0, well.out
    wrong = only_wrong(broken)
    assert wrong.startswith("upload: the object store answered SignatureDoesNotMatch")
    assert "proxy_set_header Host $http_host;" in wrong
    assert broken.checks["complete"] == "skipped"


def test_the_rules_are_those_of_bucket_setup() -> None:
    """In the other form; two sources of one list must not part."""
    ours = cors_rule(read_bucket("s3://files/chats", region="r"), [ORIGIN], _HEADERS)
    (pasted,) = bucket_cors.rules(ORIGIN, _HEADERS)["CORSRules"]

    for name, element in (
        ("AllowedOrigins", "AllowedOrigin"),
        ("AllowedMethods", "AllowedMethod"),
        ("AllowedHeaders", "AllowedHeader"),
        ("ExposeHeaders", "ExposeHeader"),
    ):
        assert pasted[name] == [each.text for each in ours.iter(element)]
    assert str(pasted["MaxAgeSeconds"]) == ours.findtext("MaxAgeSeconds")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "https://files.s3.eu-central-1.amazonaws.com/chats/a?X-Amz-Signature=s",
            "--bucket files ",
        ),
        ("https://s3.amazonaws.com/files/chats/a?X-Amz-Signature=s", "--bucket files "),
        (
            "https://minio.example:9000/files/chats/a?X-Amz-Signature=s",
            "--endpoint-url https://minio.example:9000 --bucket files ",
        ),
    ],
)
def test_the_bucket_is_read_out_of_the_url(url: str, said: str) -> None:
    """As AWS writes it before the host, or as others do in the path; never with the signature."""
    mend = bucket_cors.mend(ORIGIN, url, _HEADERS)

    assert f"put-bucket-cors {said}" in mend
    assert "Signature" not in mend

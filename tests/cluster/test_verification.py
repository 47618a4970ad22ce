"""`verify` against PostgreSQL and a bucket, and against a store that gives back other bytes."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from openparticipant.errors import Unavailable
from openparticipant.limits import DAY
from openparticipant.objects.s3.listing import read_page
from openparticipant.operations.differences import Kind
from openparticipant.operations.verification import Verification
from openparticipant.stores.contact_store import SqlContactStore
from openparticipant.stores.inventory import SqlInventory
from openparticipant.stores.sqlite import SqliteDatabase
from openparticipant.system import RandomIds
from openparticipant.testing.object_contract import Case
from openparticipant.testing.store_contract.scene import Scene
from tests.cli.raw_server import http, saying
from tests.contracts.s3_subject import S3Subject
from tests.crash.ledger import Upload
from tests.crash.line import Line
from tests.crash.rounds import control_key
from tests.engines.cluster import Cluster
from tests.engines.s3 import S3Server
from tests.objects.s3.opening import opened
from tests.objects.s3.test_answers import head
from tests.scanning.test_crash import sent
from tests.verification.looking import HurryingClock
from tests.verification.test_inventory import once


def verify(shared: Cluster, *words: str) -> tuple[int, list[dict[str, object]]]:
    """Run the command with a node's settings; return its status and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "openparticipant", "verify", "--json", *shared.words, *words],
        check=False,
        capture_output=True,
        env=shared.environment,
        timeout=120,
    )
    assert done.stderr == b""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_postgres_and_a_bucket(shared: Cluster, seaweedfs: S3Server) -> None:
    """A node's files are read and found well beside it; what is changed in the bucket is named."""
    prefix = f"verify-{uuid.uuid4()}"
    shared.settings["objects"] = seaweedfs.address.replace("/chats?", f"/{prefix}?")
    uploads = [Upload("a.txt", size, size) for size in (5, 300_000, 7)]
    with (
        shared.serve("node") as server,
        closing(Line(server.url, control_key(server.data_dir), objects_url=seaweedfs.base)) as line,
    ):
        for upload in uploads:
            sent(line, upload)

        status, (summary,) = verify(shared)

        assert (status, summary["Rows"], summary["Differences"]) == (0, 3, 0)
        assert (summary["BytesRead"], summary["WithoutHash"]) == (300_012, 0)
        kept = {
            it["final_key"].rpartition("/")[2].partition("_")[0]: it["final_key"]
            for it in shared.execute("SELECT final_key FROM attachments")
        }
        gone, larger, _ = (
            f"/{seaweedfs.bucket}/{prefix}/{kept[it.attachment_id or '']}" for it in uploads
        )
        seaweedfs.ask("DELETE", gone)
        seaweedfs.ask("PUT", larger, b"other")

        status, (*found, summary) = verify(shared, "--quick")

        assert status == 1
        assert [it["Difference"] for it in found] == ["missing", "size"]
        assert [it["AttachmentId"] for it in found] == [it.attachment_id for it in uploads[:2]]
        assert (summary["BytesRead"], summary["Differences"]) == (0, 2)


@pytest.mark.parametrize(
    ("more", "kinds", "unproven"),
    [((), [Kind.DAMAGED], 0), (("x-amz-server-side-encryption: aws:kms",), [], 1)],
    ids=["etag", "kms"],
)
async def test_a_bucket_that_gives_back_other_bytes(
    tmp_path: Path, more: tuple[str, ...], kinds: list[Kind], unproven: int
) -> None:
    """They are compared with the MD5 that the store made of them at their upload, where it is one."""
    etag = f'"{hashlib.md5(b"hello", usedforsecurity=False).hexdigest()}"'
    seen, read = head(5, etag, *more), http("200 OK", b"hellO", "Content-Type: text/plain")
    listed = http(
        "200 OK",
        b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
        "Content-Type: application/xml",
    )
    said = [seen, listed, listed] if unproven else [seen, read, listed, listed, *[seen, read] * 2]
    database = SqliteDatabase(tmp_path / "database")
    try:
        async with Scene.on(once(SqlContactStore(database, RandomIds()))) as scene:
            await scene.approved(await scene.customer())
        with saying(*([it] for it in said)) as server:
            async with opened(f"s3://files?endpoint={server.url}") as objects:
                verification = Verification(
                    SqlInventory(database), objects, HurryingClock(DAY), rate=1 << 40
                )
                found = [it.kind async for it in verification.differences()]
    finally:
        database.close()

    assert (found, verification.unproven) == (kinds, unproven)


async def test_a_late_upload_to_a_bucket_has_its_time(tmp_path: Path, seaweedfs: S3Server) -> None:
    """Nobody can take a URL back there; what lies staged is told once the bucket's rule has failed."""
    address = seaweedfs.address.replace("/chats?", f"/late-{uuid.uuid4()}?")
    database = SqliteDatabase(tmp_path / "database")
    try:
        async with opened(address, seaweedfs.key) as objects:
            assert (await Case(S3Subject(objects, seaweedfs.habits)).put()).status == 200
            found = []
            for days in (0, 1, 2, 4):
                clock = HurryingClock(days * DAY)
                look = Verification(SqlInventory(database), objects, clock, rate=0)
                found.append([it.kind async for it in look.differences()])
    finally:
        database.close()

    assert found == [[], [], [], [Kind.LEFT_STAGED]]


async def test_a_list_of_many_pages(seaweedfs: S3Server) -> None:
    """More objects than fit into an answer are each met once."""
    address = seaweedfs.address.replace("/chats?", f"/many-{uuid.uuid4()}?")
    async with opened(address, seaweedfs.key) as objects:
        subject = S3Subject(objects, seaweedfs.habits)
        cases = [Case(subject) for _ in range(260)]
        for case in cases:
            assert (await case.put()).status == 200

        found = [it.key async for it in objects.listing()]

    assert sorted(str(key) for key in found) == sorted(case.key for case in cases)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html/>",
        b"<ListBucketResult>",
        b"<ListBucketResult></ListBucketResult>",
        b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        b"<ListBucketResult><IsTruncated>false</IsTruncated><Contents/></ListBucketResult>",
        b"<Other><IsTruncated>false</IsTruncated></Other>",
    ],
)
def test_what_is_no_whole_list_is_none(document: bytes) -> None:
    """An answer that was cut would make objects look as if they were gone."""
    with pytest.raises(Unavailable, match="its list cannot be read"):
        read_page(document)

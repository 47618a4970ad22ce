"""Files through a bucket, with each client as it is; no byte of them passes our server."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import pytest

from tests.clients.programs import Shell
from tests.clients.s3.uploads import put, uploads
from tests.clients.test_aws_cli import Person
from tests.contents.filler import filled
from tests.engines.s3 import S3Server
from tests.serve_process import ServeProcess


def test_boto3(session: boto3.session.Session, seaweedfs: S3Server) -> None:
    """Start, PUT to the bucket, complete, get from the bucket; staging is empty again."""
    content = os.urandom(1_000_001)
    with uploads(session) as chat:
        started = chat.start(len(content))
        url = started["UploadMetadata"]["Url"]
        assert url.startswith(f"{seaweedfs.base}/attachments/chats/staging/connect/instance/")
        with pytest.raises(chat.participant.exceptions.ValidationException, match="not been upl"):
            chat.complete(started)
        assert put(started, content) == 200
        chat.complete(started)
        chat.complete(started)

        assert chat.get(started) == content

    listed = seaweedfs.list("chats/staging/")
    assert started["AttachmentId"] not in listed
    assert started["AttachmentId"] in seaweedfs.list("chats/connect/")


def test_aws(shell: Shell, seaweedfs: S3Server, tmp_path: Path) -> None:
    """`aws`, and `curl` for the bytes."""
    person = Person(shell)
    sent, got = tmp_path / "Bildschirmfoto.png", tmp_path / "got.png"
    sent.write_bytes(filled("png", 300_001))

    started = person.start(sent.name, 300_001).json
    assert started["UploadMetadata"]["Url"].startswith(seaweedfs.base)
    assert person.put(sent, started["UploadMetadata"]).status == 0
    assert person.complete(started["AttachmentId"]).status == 0
    offered = person.participant(
        *("get-attachment", "--attachment-id", started["AttachmentId"]),
        *("--connection-token", person.token),
    ).json
    assert person.curl("-o", str(got), offered["Url"]).status == 0

    assert got.read_bytes() == sent.read_bytes()


def test_our_command_line(shell: Shell, tmp_path: Path) -> None:
    """`attach` and `download` need not know where the bytes lie."""
    sent, got = tmp_path / "Prüfbericht.pdf", tmp_path / "got"
    sent.write_bytes(filled("pdf", 300_001))
    got.mkdir()
    chat = shell.run("openparticipant", "start-chat").json
    told = {"OPENPARTICIPANT_CONNECTION_TOKEN": chat["ConnectionToken"]}

    attached = shell.run("openparticipant", "attach", str(sent), "--json", **told).json
    words = ("download", attached[0]["AttachmentId"], "--out", str(got))
    saved = shell.run("openparticipant", *words, **told)

    assert (saved.status, saved.err) == (0, b"")
    assert {each.name: each.read_bytes() for each in got.iterdir()} == {
        sent.name: sent.read_bytes()
    }


def test_the_server_has_no_store_of_its_own(server: ServeProcess) -> None:
    """What is not there cannot be written to by anybody."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}/attachments/connect/x", timeout=20)

    with refused.value as error:
        assert error.code == 404
        assert error.headers["x-amzn-ErrorType"] == "UnknownOperationException"
    assert not (server.data_dir / "objects").exists()


def test_the_chat_page_may_call_the_bucket(server: ServeProcess, seaweedfs: S3Server) -> None:
    """Its policy names the origin of the URLs, and no other."""
    with urllib.request.urlopen(f"{server.url}/demo/", timeout=20) as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert f"ws{server.url.removeprefix('http')} {seaweedfs.base};" in policy
    assert f"img-src 'self' {seaweedfs.base};" in policy

"""The unmodified boto3, told nothing but where two files are."""

from __future__ import annotations

import ssl
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from tests.clients.programs import Shell
from tests.clients.sdk import client
from tests.contents.filler import filled

CREDENTIALS = ["CONNECTION_CREDENTIALS"]


def connected(session: boto3.session.Session, participant: Any) -> str:
    """Start a chat and return its customer's connection token."""
    with client(session, "connect") as connect:
        started = connect.start_chat_contact(
            InstanceId="instance",
            ContactFlowId="flow",
            ParticipantDetails={"DisplayName": "Customer"},
        )
    answer = participant.create_participant_connection(
        Type=CREDENTIALS, ParticipantToken=started["ParticipantToken"]
    )
    token: str = answer["ConnectionCredentials"]["ConnectionToken"]
    return token


def fetch(
    shell: Shell, method: str, url: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    """Follow a pre-signed URL with the standard library."""
    bundle = shell.variables.get("NODE_EXTRA_CA_CERTS")
    trust = ssl.create_default_context(cafile=bundle)
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request, context=trust, timeout=60) as answer:
        return answer.status, answer.read()


@pytest.mark.parametrize("options", [{}, {"config": Config(signature_version=UNSIGNED)}])
def test_file_goes_up_and_comes_back(
    shell: Shell, session: boto3.session.Session, options: dict[str, Any]
) -> None:
    """The whole flow with signed and unsigned requests; what comes back is what went up."""
    content = filled("pdf", 1_000_001)
    with client(session, "connectparticipant", **options) as participant:
        token = connected(session, participant)
        started = participant.start_attachment_upload(
            ContentType="application/pdf",
            AttachmentSizeInBytes=len(content),
            AttachmentName="Größe 👩‍👩‍👧.pdf",
            ClientToken="start",
            ConnectionToken=token,
        )
        metadata = started["UploadMetadata"]
        headers = metadata["HeadersToInclude"]
        assert fetch(shell, "PUT", metadata["Url"], content, **headers)[0] == 200
        for _ in range(2):
            completed = participant.complete_attachment_upload(
                AttachmentIds=[started["AttachmentId"]],
                ClientToken="complete",
                ConnectionToken=token,
            )
            assert completed["ResponseMetadata"]["HTTPStatusCode"] == 200
        offered = participant.get_attachment(
            AttachmentId=started["AttachmentId"], ConnectionToken=token, UrlExpiryInSeconds=5
        )
        assert offered["AttachmentSizeInBytes"] == len(content)
        assert fetch(shell, "GET", offered["Url"]) == (200, content)


def test_errors_are_the_classes_of_the_model(shell: Shell, session: boto3.session.Session) -> None:
    """What a program catches by class is raised as that class, with a request id to quote."""
    with client(session, "connectparticipant") as participant:
        token = connected(session, participant)
        known = participant.exceptions

        def start(name: str = "a.txt", token: str = token) -> Any:
            return participant.start_attachment_upload(
                ContentType="text/plain",
                AttachmentSizeInBytes=5,
                AttachmentName=name,
                ConnectionToken=token,
            )

        def complete(attachment_id: str, client_token: str = "once") -> None:
            participant.complete_attachment_upload(
                AttachmentIds=[attachment_id], ClientToken=client_token, ConnectionToken=token
            )

        with pytest.raises(known.ValidationException) as refused:
            start("run.exe")
        answer = refused.value.response
        assert answer["Error"]["Message"] == "Files of type .exe cannot be attached."
        assert len(answer["ResponseMetadata"]["RequestId"]) == 36
        with pytest.raises(known.AccessDeniedException):
            start(token="nonsense")
        with pytest.raises(known.ValidationException):
            complete("unknown")
        started = start()
        metadata = started["UploadMetadata"]
        fetch(shell, "PUT", metadata["Url"], b"hello", **metadata["HeadersToInclude"])
        complete(started["AttachmentId"])
        with pytest.raises(known.ConflictException):
            complete(started["AttachmentId"], "other")
        for _ in range(34):
            start()
        with pytest.raises(known.ServiceQuotaExceededException) as full:
            start()
        assert full.value.response["ResponseMetadata"]["HTTPStatusCode"] == 402
        participant.disconnect_participant(ConnectionToken=token)
        with pytest.raises(known.AccessDeniedException):
            start()


def test_errors_of_the_control_plane_are_the_classes_of_its_model(
    session: boto3.session.Session,
) -> None:
    """The back end that starts chats catches by class as well."""
    with client(session, "connect") as connect:
        known = connect.exceptions
        with pytest.raises(known.ResourceNotFoundException):
            connect.describe_contact(InstanceId="instance", ContactId="unknown")
        with pytest.raises(known.ContactNotFoundException):
            connect.stop_contact(InstanceId="instance", ContactId="unknown")
        with pytest.raises(known.InvalidRequestException):
            connect.start_chat_contact(
                InstanceId="instance",
                ContactFlowId="flow",
                ParticipantDetails={"DisplayName": "Customer"},
                Attributes={"no spaces": "here"},
            )
        with pytest.raises(known.InvalidParameterException):
            connect.start_chat_contact(
                InstanceId="no_instance",
                ContactFlowId="flow",
                ParticipantDetails={"DisplayName": "Customer"},
            )


def test_rules_for_files_are_decided_per_instance(session: boto3.session.Session) -> None:
    """The next upload goes by them; the SDK reads instants and pages as AWS's."""
    files = {"InstanceId": "decided", "AttachmentScope": "CHAT"}
    with client(session, "connect") as connect:
        assert "LastModifiedTime" not in connect.describe_attached_files_configuration(**files)
        made = connect.update_attached_files_configuration(
            **files,
            MaximumSizeLimitInBytes=5,
            ExtensionConfiguration={"AllowedExtensions": [{"Extension": "pdf"}]},
        )
        found = connect.describe_attached_files_configuration(**files)
        first = connect.list_attached_files_configurations(InstanceId="decided", MaxResults=1)
        rest = connect.list_attached_files_configurations(
            InstanceId="decided", NextToken=first["NextToken"]
        )
        assert found["AttachedFilesConfiguration"]["LastModifiedTime"] == made["LastModifiedTime"]
        with pytest.raises(connect.exceptions.InvalidParameterException):
            connect.update_attached_files_configuration(**files)
    listed = first["AttachedFilesConfigurations"] + rest["AttachedFilesConfigurations"]
    assert [each["MaximumSizeLimitInBytes"] for each in listed].count(5) == 1
    assert len(listed) == 4


def test_complete_50_times_at_once_gives_one_item(
    shell: Shell, session: boto3.session.Session
) -> None:
    """However many requests complete a file at once, one token wins and the file is shown once."""
    config = Config(max_pool_connections=50)
    with client(session, "connectparticipant", config=config) as participant:
        token = connected(session, participant)
        started = participant.start_attachment_upload(
            ContentType="text/plain",
            AttachmentSizeInBytes=5,
            AttachmentName="a.txt",
            ConnectionToken=token,
        )
        metadata = started["UploadMetadata"]
        fetch(shell, "PUT", metadata["Url"], b"hello", **metadata["HeadersToInclude"])

        def complete(number: int) -> str:
            client_token = f"token {number % 2}"
            try:
                participant.complete_attachment_upload(
                    AttachmentIds=[started["AttachmentId"]],
                    ClientToken=client_token,
                    ConnectionToken=token,
                )
            except participant.exceptions.ConflictException:
                return ""
            return client_token

        with ThreadPoolExecutor(50) as pool:
            winners = set(pool.map(complete, range(50)))
        shown = participant.get_transcript(ConnectionToken=token)["Transcript"]
    assert len(winners - {""}) == 1
    files = [file["AttachmentId"] for item in shown for file in item.get("Attachments", [])]
    assert files == [started["AttachmentId"]]

"""What the server answers in the cases."""

from __future__ import annotations

from typing import Any

from tests.cli.recording import Reply, json_reply

UPLOADED: dict[str, Any] = {
    "AttachmentId": "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111",
    "UploadMetadata": {
        "Url": "https://example-bucket.s3.amazonaws.com/upload?X-Amz-Signature=abc&x=1",
        "UrlExpiry": "2030-01-01T00:00:00.000Z",
        "HeadersToInclude": {
            "x-amz-server-side-encryption": "aws:kms",
            "Content-Type": "text/plain",
            "content-length": "5",
        },
    },
}
UPLOAD = json_reply(UPLOADED)
TRANSCRIPT = json_reply(
    {
        "NextToken": "tok2",
        "InitialContactId": "c-1",
        "Transcript": [
            {
                "Id": "i1",
                "Type": "MESSAGE",
                "Content": "héllo\nworld 日本\t☃",
                "DisplayName": "Ann",
                "MessageMetadata": {
                    "MessageId": "i1",
                    "Receipts": [
                        {"DeliveredTimestamp": "2024", "RecipientParticipantId": "p2"},
                        {"ReadTimestamp": "2025", "RecipientParticipantId": "p3"},
                    ],
                },
            },
            {
                "Id": "i2",
                "Attachments": [{"AttachmentId": "a1", "AttachmentName": "x.pdf"}],
            },
            {"Id": "i3", "Content": "", "Attachments": []},
        ],
    }
)
VIEW = json_reply(
    {
        "View": {
            "Id": "v",
            "Name": "n",
            "Version": 1,
            "Content": {"InputSchema": "{}", "Template": "{}", "Actions": ["A", "B"]},
        }
    }
)
CONNECTION = json_reply(
    {
        "ConnectionCredentials": {"ConnectionToken": "CT", "Expiry": "2030-01-01T00:00:00.000Z"},
        "Websocket": {"Url": "wss://h/s?AuthToken=x", "ConnectionExpiry": "2030"},
        "WebRTCConnection": {
            "Attendee": {"AttendeeId": "a", "JoinToken": "j"},
            "Meeting": {
                "MeetingId": "m",
                "MediaRegion": "us-east-1",
                "MediaPlacement": {"AudioHostUrl": "h", "EventIngestionUrl": "e"},
                "MeetingFeatures": {"Audio": {"EchoReduction": "AVAILABLE"}},
            },
        },
    }
)
ATTACHMENT = json_reply(
    {"Url": "https://h/k?sig=1", "UrlExpiry": "2030", "AttachmentSizeInBytes": 5}
)
SENT = json_reply(
    {
        "Id": "m1",
        "AbsoluteTime": "2030-01-01T00:00:00.000Z",
        "MessageMetadata": {"MessageProcessingStatus": "PROCESSING"},
    }
)
SIGN_IN = json_reply({"AuthenticationUrl": "https://h/authorize?client_id=1&state=x"})
NOTHING = Reply()
# Members that no model knows, null ones, numbers that are none, in no order.
ODD = json_reply(
    {
        "UploadMetadata": {"HeadersToInclude": {"z": "1", "a": None}, "New": 1, "Url": "é?x=1&y"},
        "AttachmentId": "i",
        "Transcript": [{"Type": "MESSAGE", "Content": "hé", "New": 2, "Id": "1"}, {}],
        "View": {"Version": 1.0, "Id": "v"},
        "New": {},
    }
)


def refusal(code: str, message: str, status: int = 400) -> Reply:
    """Return an error as the service spells it."""
    return json_reply({"__type": code, "message": message}, status)


def raw(body: bytes, status: int = 200, **headers: str) -> Reply:
    """Return an answer of any bytes."""
    return Reply(status, body, headers)

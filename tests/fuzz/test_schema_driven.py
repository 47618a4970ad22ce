"""Requests made by machine from the service table, good ones and broken ones."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import hypothesis
import msgspec
import pytest
import schemathesis
from hypothesis import strategies as st

from openparticipant import sigv4
from openparticipant.testing.chat import Chat
from openparticipant.testing.server import Server
from openparticipant.wire.service import CONTROL, PARTICIPANT
from tests.fuzz.judge import judge
from tests.fuzz.openapi import document

_BOUNDED = hypothesis.settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    database=None,
)
_RESPONSES = {one.name: one.response for one in PARTICIPANT}
_CONTROL_RESPONSES = {one.name: one.response for one in CONTROL}
_GONE = frozenset({410})  # StopContact's own way to say that a contact has ended


_EXAMPLES: dict[str, dict[str, Any]] = {
    "GetAttachment": {"AttachmentId": "<complete>", "UrlExpiryInSeconds": 300},
    "CompleteAttachmentUpload": {"AttachmentIds": ["<uploaded>"], "ClientToken": "once"},
    "StartAttachmentUpload": {
        "AttachmentName": "a.pdf",
        "AttachmentSizeInBytes": 3,
        "ContentType": "application/pdf",
    },
    "CreateParticipantConnection": {"Type": ["WEBSOCKET", "CONNECTION_CREDENTIALS"]},
    "SendMessage": {"ContentType": "text/plain", "Content": "Hello", "ClientToken": "once"},
    "SendEvent": {
        "ContentType": "application/vnd.amazonaws.connect.event.message.read",
        "Content": "<receipt>",
    },
    "GetTranscript": {
        "StartPosition": {"MostRecent": 3},
        "MaxResults": 2,
        "NextToken": "<next>",
        "ScanDirection": "BACKWARD",
        "SortOrder": "ASCENDING",
    },
}

_CONTROL_EXAMPLES: dict[str, dict[str, Any]] = {
    "StartChatContact": {
        "InstanceId": "instance",
        "ContactFlowId": "flow",
        "ParticipantDetails": {"DisplayName": "Customer"},
        "Attributes": {"name": "value"},
        "InitialMessage": {"ContentType": "text/plain", "Content": "Hello"},
    },
    "CreateParticipant": {
        "InstanceId": "instance",
        "ContactId": "<contact>",
        "ParticipantDetails": {"ParticipantRole": "AGENT", "DisplayName": "Agent"},
    },
    "StopContact": {"InstanceId": "instance", "ContactId": "<stopped>"},
}

Case: TypeAlias = schemathesis.Case[Any]


@dataclass
class Stage:
    """A server with someone on it who may speak; a chat that the fuzzer ends is begun anew."""

    server: Server
    stranger: Chat
    ended: Chat
    speaker: Chat | None = None
    complete: str = ""
    uploaded: str = ""
    receipt: str = ""
    next: str = ""

    def bearer(self, kind: str) -> str | None:
        """Return a token of some kind; a good one is of the kind that most operations want."""
        if self.speaker is None:
            self.speaker = self.server.start_chat()
            self.complete = self.speaker.attach()
            started = self.speaker.start_upload()
            assert self.speaker.upload(started).status == 200
            self.uploaded = started.json["AttachmentId"]
            said = self.speaker.join().say().json["Id"]
            self.receipt = json.dumps({"messageId": said})
            self.next = self.speaker.transcript(MaxResults=1).json["NextToken"]
        return {
            "connection": self.speaker.connection_token,
            "participant": self.speaker.participant_token,
            "ended": self.ended.connection_token,
            "cut short": self.speaker.connection_token[:-1],
            "nonsense": "nonsense",
            "none": None,
        }[kind]

    def fill_in(self, case: Case) -> None:
        """Put ids that exist in the place of those that examples invent."""
        real: dict[str, Callable[[], Any]] = {
            "<complete>": lambda: self.complete,
            "<receipt>": lambda: self.receipt,
            "<next>": lambda: self.next,
            "['<uploaded>']": lambda: [self.uploaded],
            "<contact>": lambda: self.stranger.contact_id,
            "<stopped>": lambda: self.server.start_chat().contact_id,
        }
        if isinstance(case.body, dict):
            case.body = {
                name: real[str(value)]() if str(value) in real else value
                for name, value in case.body.items()
            }


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Return the one server of this module."""
    with Server(log=io.BytesIO()) as server:
        ended = server.start_chat()
        assert ended.stop().status == 200
        yield Stage(server, server.start_chat(), ended)


for_members = schemathesis.openapi.from_dict(document(PARTICIPANT, _EXAMPLES))
for_back_ends = schemathesis.openapi.from_dict(document(CONTROL, _CONTROL_EXAMPLES))
for_strangers = schemathesis.openapi.from_dict(document(PARTICIPANT, {}))


def _send(
    stage: Stage,
    case: Case,
    bearer: str | None = None,
    *,
    also: frozenset[int] = frozenset(),
    **how: Any,
) -> schemathesis.Response:
    headers = {} if bearer is None else {"X-Amz-Bearer": bearer}
    stage.fill_in(case)
    answer = case.call(base_url=stage.server.url, headers=headers, timeout=20, **how)
    found = {name.lower(): ", ".join(values) for name, values in answer.headers.items()}
    if case.method.upper() == "OPTIONS":
        assert answer.status_code in {204, 403}
    else:
        headless = case.method.upper() == "HEAD"
        judge(answer.status_code, found, answer.content, headless=headless, also=also)
    return answer


@for_members.parametrize()
@_BOUNDED
def test_admitted_caller_gets_a_modelled_answer(case: Case, stage: Stage) -> None:
    """Whoever has the right token gets the modelled answer or a modelled refusal, never a fault."""
    name = case.operation.definition.raw["operationId"]
    connecting = name == "CreateParticipantConnection"
    answer = _send(stage, case, stage.bearer("participant" if connecting else "connection"))
    if answer.status_code == 200 and case.method.upper() != "OPTIONS":
        msgspec.json.decode(answer.content, type=_RESPONSES[name])
        if name == "DisconnectParticipant":
            stage.speaker = None


@for_strangers.given(
    kind=st.sampled_from(["participant", "ended", "cut short", "nonsense", "none"])
)
@for_strangers.parametrize()
@_BOUNDED
def test_others_are_refused(case: Case, kind: str, stage: Stage) -> None:
    """No body opens an operation to a token of the wrong kind, an ended one, or none."""
    name = case.operation.definition.raw["operationId"]
    if name == "CreateParticipantConnection" and kind == "participant":
        kind = "connection"
    answer = _send(stage, case, stage.bearer(kind))
    assert answer.status_code not in {200, 402, 409}


@for_back_ends.parametrize()
@_BOUNDED
def test_back_end_gets_a_modelled_answer(case: Case, stage: Stage) -> None:
    """Whoever signs gets the control plane's answer or a modelled refusal, never a fault."""
    name = case.operation.definition.raw["operationId"]
    answer = _send(stage, case, also=_GONE, auth=Signer(stage.server))
    if answer.status_code == 200 and case.method.upper() != "OPTIONS":
        msgspec.json.decode(answer.content, type=_CONTROL_RESPONSES[name])
    assert answer.headers.get("x-amzn-errortype") != ["InvalidSignatureException"]


class Signer:
    """Signs what is about to be sent, whatever the fuzzer made of it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __call__(self, prepared: Any) -> Any:
        """Add the signature to a prepared request."""
        path, _, query = prepared.path_url.partition("?")
        body = prepared.body or b""
        prepared.headers.update(
            sigv4.sign(
                self._server.node.control_key,
                prepared.method,
                sigv4.host_of(self._server.url),
                path,
                query=query,
                body=body.encode() if isinstance(body, str) else body,
                region="us-east-1",
                service="connect",
                at=self._server.clock.now(),
            )
        )
        return prepared

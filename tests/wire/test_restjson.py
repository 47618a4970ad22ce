"""Bytes to shapes and back: whatever comes, a shape or a refusal goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from openparticipant.errors import (
    AccessDeniedException,
    InvalidRequestException,
    ResourceNotFoundException,
    ServiceError,
    ValidationException,
)
from openparticipant.wire.restjson import Codec, encode, encode_error, encode_refusal
from openparticipant.wire.service import CONTROL, PARTICIPANT, Operation
from openparticipant.wire.shapes import (
    Shape,
    StartAttachmentUploadRequest,
    StartAttachmentUploadResponse,
    UploadMetadata,
)

# A busy machine is no reason to fail.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
OPERATIONS = {each.name: each for each in (*PARTICIPANT, *CONTROL)}
WITH_BODY = [each for each in OPERATIONS.values() if each.method != "GET"]
START = {"ContentType": "text/plain", "AttachmentSizeInBytes": 5, "AttachmentName": "a.txt"}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def codec(operation: Operation) -> Codec:
    return Codec(operation, ValidationException)


def decoded(body: bytes, operation: str = "StartAttachmentUpload") -> Shape:
    return codec(OPERATIONS[operation]).decode(body)


def refusal(body: bytes, operation: str = "StartAttachmentUpload") -> str:
    with pytest.raises(ValidationException) as refused:
        decoded(body, operation)
    return refused.value.message


def start(**members: Any) -> bytes:
    """Return the body of a StartAttachmentUpload with some members changed; None leaves one out."""
    changed = {name: value for name, value in (START | members).items() if value is not None}
    return json.dumps(changed).encode()


@UNHURRIED
@given(operation=st.sampled_from(WITH_BODY), body=st.binary(max_size=200))
@example(operation=OPERATIONS["SendMessage"], body=b"\xff")
@example(operation=OPERATIONS["SendMessage"], body=b'"\\ud800"')
@example(operation=OPERATIONS["SendMessage"], body=b"1e999")
@example(operation=OPERATIONS["SendMessage"], body=b"\xef\xbb\xbf{}")
def test_any_bytes_give_a_shape_or_a_refusal(operation: Operation, body: bytes) -> None:
    """No input reaches an operation half understood, and none escapes as another exception."""
    assert outcome(operation, body, *path_of(operation)) != ""


@UNHURRIED
@given(operation=st.sampled_from(WITH_BODY), members=st.data())
def test_any_json_gives_a_shape_or_a_refusal(operation: Operation, members: st.DataObject) -> None:
    """The same for bodies that look right: real member names with values of every kind."""
    names = st.sampled_from([*operation.request.__struct_encode_fields__, "Other"])
    value = members.draw(st.dictionaries(names, JSON))
    assert outcome(operation, json.dumps(value).encode(), *path_of(operation)) != ""


def path_of(operation: Operation) -> list[str]:
    """Return a good value for each part of the path that is open."""
    return ["CHAT"] * operation.path.count("{")


def outcome(operation: Operation, body: bytes, *path: str) -> str | None:
    """Return the refusal's message, or None where there was a shape of the right kind."""
    try:
        shape = codec(operation).decode(body, path)
    except ValidationException as refused:
        return refused.message
    assert isinstance(shape, operation.request)
    return None


@UNHURRIED
@given(raw=st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
@example(raw="%")
@example(raw="%ff")
@example(raw="%00")
def test_any_path_gives_a_shape_or_a_refusal(raw: str) -> None:
    """Path members come percent-encoded from strangers, too."""
    operation = OPERATIONS["DescribeView"]
    assert outcome(operation, b"", raw) != ""


def test_a_path_member_is_decoded() -> None:
    """`%2F` is a slash of the value, not of the path."""
    shape = codec(OPERATIONS["DescribeContact"]).decode(b"", ("a%2Fb", "%C3%A9"))

    assert encode(shape) == '{"InstanceId":"a/b","ContactId":"é"}'.encode()


def test_a_path_member_of_a_request_with_a_body_is_the_paths() -> None:
    """The address was routed and signed; what the body says of the same member does not count."""
    update = codec(OPERATIONS["UpdateAttachedFilesConfiguration"])
    body = b'{"InstanceId":"other","MaximumSizeLimitInBytes":5}'

    shape = update.decode(body, ("a%2Fb", "CHAT"))

    assert encode(shape) == (
        b'{"InstanceId":"a/b","AttachmentScope":"CHAT","MaximumSizeLimitInBytes":5}'
    )
    for broken in ("%ff", "%00"):
        with pytest.raises(ValidationException):
            update.decode(body, (broken, "CHAT"))


@pytest.mark.parametrize("name", ["maxResults", "MaxResults"])
def test_a_member_of_a_query_may_begin_with_a_small_letter(name: str) -> None:
    """AWS's do; the operator's do not."""
    listed = codec(OPERATIONS["ListAttachedFilesConfigurations"])

    assert encode(listed.decode(b"", ("i",), f"{name}=5".encode())) == (
        b'{"InstanceId":"i","MaxResults":5}'
    )


def test_unknown_members_are_ignored() -> None:
    """Clients newer than we are must not be refused."""
    assert decoded(start(New={"Deep": [1]})) == decoded(start())


def test_null_is_absent() -> None:
    """Some SDKs write null for what was not given; for what must be given it is wrong."""
    body = json.dumps(START | {"ClientToken": None}).encode()
    nothing = json.dumps(START | {"AttachmentName": None}).encode()

    assert decoded(body) == decoded(start())
    assert refusal(nothing) == "AttachmentName must be of type string."


@pytest.mark.parametrize("body", [b"", b"{}", b" { } "])
def test_a_body_may_be_left_out_where_nothing_is_required(body: bytes) -> None:
    """SDKs send none when no member is set."""
    assert decoded(body, "DisconnectParticipant") == decoded(b"{}", "DisconnectParticipant")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (start(AttachmentName=None), "AttachmentName is required."),
        (b"", "ContentType is required."),
        (start(AttachmentName=""), "AttachmentName must have at least 1 character."),
        (start(AttachmentName="x" * 257), "AttachmentName must have at most 256 characters."),
        (start(AttachmentSizeInBytes=0), "AttachmentSizeInBytes must be at least 1."),
        (start(AttachmentSizeInBytes=-1), "AttachmentSizeInBytes must be at least 1."),
        (start(AttachmentSizeInBytes="5"), "AttachmentSizeInBytes must be of type integer."),
        (start(AttachmentSizeInBytes=5.5), "AttachmentSizeInBytes must be of type integer."),
        (start(AttachmentSizeInBytes=True), "AttachmentSizeInBytes must be of type integer."),
        (start(AttachmentName=["a"]), "AttachmentName must be of type string."),
        (b"[]", "The request must be of type object."),
        (b"null", "The request must be of type object."),
        (b"{", "The request is not valid JSON in UTF-8."),
        (b"\xff", "The request is not valid JSON in UTF-8."),
        (b'{"AttachmentName":"\xff"}', "The request is not valid JSON in UTF-8."),
        (start() + b"x", "The request is not valid JSON in UTF-8."),
    ],
)
def test_a_refusal_can_be_shown_to_the_person_who_typed(body: bytes, message: str) -> None:
    """It names the member by its wire name and says what would be right."""
    assert refusal(body) == message


@pytest.mark.parametrize("number", [10**20, 2**63, 1e30])
def test_a_number_beyond_63_bits_is_refused(number: float) -> None:
    """What no typed client could have meant is not stored."""
    assert refusal(start(AttachmentSizeInBytes=number)).startswith("AttachmentSizeInBytes ")


@pytest.mark.parametrize(
    ("operation", "body", "message"),
    [
        (
            "CompleteAttachmentUpload",
            {"AttachmentIds": ["a", "b"]},
            "AttachmentIds must have at most 1 element.",
        ),
        (
            "CompleteAttachmentUpload",
            {"AttachmentIds": []},
            "AttachmentIds must have at least 1 element.",
        ),
        (
            "CreateParticipantConnection",
            {"Type": ["TELEPATHY"]},
            "Type[0] has a value that is not allowed.",
        ),
        (
            "GetTranscript",
            {"StartPosition": {"MostRecent": 101}},
            "StartPosition.MostRecent must be at most 100.",
        ),
        (
            "StartChatContact",
            {"InstanceId": "i", "ContactFlowId": "f", "ParticipantDetails": {}},
            "ParticipantDetails.DisplayName is required.",
        ),
    ],
)
def test_a_member_deep_inside_is_named_with_its_path(
    operation: str, body: dict[str, Any], message: str
) -> None:
    """Where, not only what."""
    assert refusal(json.dumps(body).encode(), operation) == message


@pytest.mark.parametrize("where", ["AttachmentName", "Unknown"])
@pytest.mark.parametrize("spelled", [b"\\u0000", b"a\\u0000b"])
def test_the_null_character_is_refused_anywhere(where: str, spelled: bytes) -> None:
    """No database column holds it, and unknown members must not smuggle it into a digest."""
    body = start(**{where: "@"}).replace(b"@", spelled)

    assert refusal(body) == "The request contains the character U+0000."


def test_the_null_character_in_a_key_is_refused() -> None:
    """Keys are strings, too."""
    body = start(Unknown={"@": [1]}).replace(b"@", b"\\u0000")

    assert refusal(body) == "The request contains the character U+0000."


def test_an_escaped_backslash_before_u0000_is_text() -> None:
    """Six characters that only look like the null character are a name like any other."""
    shape = decoded(start(AttachmentName="\\u0000"))

    assert isinstance(shape, StartAttachmentUploadRequest)
    assert shape.attachment_name == "\\u0000"


@pytest.mark.parametrize("half", [b"\\ud800", b"\\udc00", b"\\udc00\\ud800"])
def test_half_a_surrogate_pair_is_refused(half: bytes) -> None:
    """It is no character: UTF-8 cannot write it down."""
    assert refusal(start(AttachmentName="@").replace(b"@", half))


@pytest.mark.parametrize("depth", [2_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b"[", b"")])
@pytest.mark.parametrize("null", [b"", b'"\\u0000",'])
def test_a_deep_body_is_refused(depth: int, opening: bytes, closing: bytes, null: bytes) -> None:
    """Nesting costs no stack: what is unknown and deep is refused, never a crash."""
    deep = opening * depth + b"1" + closing * depth
    body = start(Deep="@").replace(b'"@"', b"[" + null + deep + b"]")

    assert refusal(body) in {
        "The request body is nested too deeply.",
        "The request is not valid JSON in UTF-8.",
    }


@pytest.mark.parametrize("plane", [ValidationException, InvalidRequestException])
def test_each_plane_refuses_in_its_own_name(plane: type[ServiceError]) -> None:
    """The planes differ in what they call bad input."""
    with pytest.raises(plane):
        Codec(OPERATIONS["StopContact"], plane).decode(b"{}")


def test_absent_members_stay_off_the_line() -> None:
    """A client that tests for a member's presence must not find null."""
    response = StartAttachmentUploadResponse(
        attachment_id="i", upload_metadata=UploadMetadata(url="u", headers_to_include={"A": "é"})
    )

    assert json.loads(encode(response)) == {
        "AttachmentId": "i",
        "UploadMetadata": {"Url": "u", "HeadersToInclude": {"A": "é"}},
    }


def test_an_error_says_its_name_and_members() -> None:
    """Browsers that cannot read the header find the type in the body."""
    denied = json.loads(encode_error(AccessDeniedException(reason="SECRET")))
    missing = json.loads(
        encode_error(ResourceNotFoundException("none", resource_id="v", resource_type="VIEW"))
    )

    assert denied == {"__type": "AccessDeniedException", "Message": "Access denied"}
    assert missing == {
        "__type": "ResourceNotFoundException",
        "Message": "none",
        "ResourceId": "v",
        "ResourceType": "VIEW",
    }


@UNHURRIED
@given(code=st.text(), message=st.text())
def test_every_refusal_can_be_written(code: str, message: str) -> None:
    """An error about strange input must not itself fail."""
    written = json.loads(encode_refusal(code, message))

    assert written == {"__type": code, "Message": message}


@UNHURRIED
@given(
    st.builds(
        lambda name, size, kind, token: (
            START
            | {"AttachmentName": name, "AttachmentSizeInBytes": size, "ContentType": kind}
            | ({} if token is None else {"ClientToken": token})
        ),
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=256),
        st.integers(1, 2**63 - 1),
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=255),
        st.none()
        | st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=500),
    ),
    st.booleans(),
)
def test_every_good_request_arrives_as_it_was_sent(
    value: dict[str, Any],
    ascii_only: bool,  # noqa: FBT001 - drawn
) -> None:
    """Escaped or not, every allowed value comes through unchanged."""
    body = json.dumps(value, ensure_ascii=ascii_only).encode()

    assert json.loads(encode(decoded(body))) == value

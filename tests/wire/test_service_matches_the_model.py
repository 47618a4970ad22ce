"""The table of the service against AWS's own models, member by member.

What we knowingly do otherwise stands in KNOWN, each line with its reason: the start of the facts
that differ, and why. A line that no longer covers any difference fails the test as well.
"""

from __future__ import annotations

import msgspec
import pytest

from openparticipant.wire.service import CONTROL, PARTICIPANT, Operation
from tests.wire.model_facts import PLANES, SESSION, model_facts, our_facts

ANALYTICS = "metrics, evaluation and assistants are made by services that we do not have"
BY_THE_OPERATION = "the operation checks it, with words of its own"
CHAINS = "chats that continue earlier ones need storage of earlier chats"
FLOWS = "needs a flow engine"
EXTENSION = "ExtensionConfiguration.AllowedExtensions[].Extension"
INT64 = "the model's `long` ends here; SDKs in typed languages could not read more"
MADE_UP = "SDKs always send one; people with curl need not"
NO_BOUND = "a length is never below 0"
ONE_REGION = "there is one region, always the active one"
OTHER_CHANNELS = "belongs to tasks, e-mail or campaigns"
PATTERN = "we only write such values and never read them"
PROFILES = "there are no customer profiles"
ROUTING = "needs queues and routing"
STORED_ONCE = "only returned; checked when it came in"
TAGS = "there is no tagging of resources"
VOICE = "voice and video are out of scope"

KNOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "connectparticipant": (
        ("CompleteAttachmentUpload.input.ClientToken: required", MADE_UP),
        (
            "CreateParticipantConnection.output.WebRTCConnection.Meeting.MeetingId: pattern",
            PATTERN,
        ),
        ("DescribeView.output.View.Content.Actions[]: pattern", PATTERN),
        ("DescribeView.output.View.Id: pattern", PATTERN),
        ("DescribeView.output.View.Name: pattern", PATTERN),
        ("GetAttachment.output.AttachmentSizeInBytes: max", INT64),
        ("StartAttachmentUpload.input.AttachmentSizeInBytes: max", INT64),
        ("StartAttachmentUpload.input.ClientToken: required", MADE_UP),
    ),
    "connect": (
        (
            f"DescribeAttachedFilesConfiguration.output.AttachedFilesConfiguration.{EXTENSION}: pattern",
            PATTERN,
        ),
        (
            f"ListAttachedFilesConfigurations.output.AttachedFilesConfigurations[].{EXTENSION}: pattern",
            PATTERN,
        ),
        (
            f"UpdateAttachedFilesConfiguration.input.{EXTENSION}: pattern",
            BY_THE_OPERATION,
        ),
        (
            f"UpdateAttachedFilesConfiguration.output.{EXTENSION}: pattern",
            PATTERN,
        ),
        ("CreateParticipant.input.ParticipantDetails.ParticipantCapabilities", VOICE),
        ("DescribeContact.output.Contact.AdditionalEmailRecipients", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.AgentInfo", ROUTING),
        ("DescribeContact.output.Contact.AnsweringMachineDetectionStatus", VOICE),
        ("DescribeContact.output.Contact.Campaign", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.ChatMetrics", ANALYTICS),
        ("DescribeContact.output.Contact.ConnectedToSystemTimestamp", ROUTING),
        ("DescribeContact.output.Contact.ContactAssociationId", CHAINS),
        ("DescribeContact.output.Contact.ContactDetails", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.ContactEvaluations", ANALYTICS),
        ("DescribeContact.output.Contact.Customer", VOICE),
        ("DescribeContact.output.Contact.CustomerEndpoint", VOICE),
        ("DescribeContact.output.Contact.CustomerId", PROFILES),
        ("DescribeContact.output.Contact.CustomerVoiceActivity", VOICE),
        ("DescribeContact.output.Contact.Description", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.DisconnectDetails", VOICE),
        ("DescribeContact.output.Contact.GlobalResiliencyMetadata", ONE_REGION),
        ("DescribeContact.output.Contact.LastPausedTimestamp", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.LastResumedTimestamp", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.Name", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.NextContacts", CHAINS),
        ("DescribeContact.output.Contact.OutboundStrategy", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.PreviousContactId", CHAINS),
        ("DescribeContact.output.Contact.QualityMetrics", VOICE),
        ("DescribeContact.output.Contact.QueueInfo", ROUTING),
        ("DescribeContact.output.Contact.QueuePriority", ROUTING),
        ("DescribeContact.output.Contact.QueueTimeAdjustmentSeconds", ROUTING),
        ("DescribeContact.output.Contact.Recordings", VOICE),
        ("DescribeContact.output.Contact.RelatedContactId", CHAINS),
        ("DescribeContact.output.Contact.RingStartTimestamp", VOICE),
        ("DescribeContact.output.Contact.RoutingCriteria", ROUTING),
        ("DescribeContact.output.Contact.ScheduledTimestamp", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.SegmentAttributes", FLOWS),
        ("DescribeContact.output.Contact.SystemEndpoint", VOICE),
        ("DescribeContact.output.Contact.Tags", TAGS),
        ("DescribeContact.output.Contact.TaskTemplateInfo", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.TotalPauseCount", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.TotalPauseDurationInSeconds", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.WisdomInfo", ANALYTICS),
        ("DescribeContact.output.Contact.Attributes<", STORED_ONCE),
        ("DescribeContact.output.Contact.Channel: one is", OTHER_CHANNELS),
        ("DescribeContact.output.Contact.InitiationMethod: one is", OTHER_CHANNELS),
        ("InvalidActiveRegionException: status", ONE_REGION),
        ("StartChatContact.input.Attributes<value>: min 0", NO_BOUND),
        ("StartChatContact.input.CustomerId", PROFILES),
        ("StartChatContact.input.ParticipantConfiguration", FLOWS),
        ("StartChatContact.input.PersistentChat", CHAINS),
        ("StartChatContact.input.RelatedContactId", CHAINS),
        ("StartChatContact.input.SegmentAttributes", FLOWS),
        ("StartChatContact.output.ContinuedFromContactId", CHAINS),
        ("StopContact: error InvalidActiveRegionException", ONE_REGION),
    ),
}


def covers(line: str, fact: str) -> bool:
    """Tell whether a line of KNOWN is about a fact; a bare member covers all below it."""
    rest = fact.removeprefix(line)
    return rest != fact and not (line[-1].isalnum() and rest[:1].isalnum())


@pytest.mark.parametrize("service", PLANES)
def test_every_difference_is_known(service: str) -> None:
    """Routes, members, bounds, enums, errors and statuses are AWS's, or there is a reason."""
    differences = our_facts(service) ^ model_facts(service)
    lines = [line for line, _ in KNOWN[service]]

    assert sorted(f for f in differences if not any(covers(line, f) for line in lines)) == []


@pytest.mark.parametrize("service", PLANES)
def test_no_reason_outlives_its_difference(service: str) -> None:
    """A line about a difference that is gone would hide the next one."""
    differences = our_facts(service) ^ model_facts(service)

    stale = [line for line, _ in KNOWN[service] if not any(covers(line, f) for f in differences)]
    assert stale == []


def test_the_participant_plane_is_complete() -> None:
    """Every operation of the model has its row, in the model's order, and there is no other."""
    model = SESSION.get_service_model("connectparticipant")

    assert [operation.name for operation in PARTICIPANT] == list(model.operation_names)


@pytest.mark.parametrize("operation", [*PARTICIPANT, *CONTROL], ids=lambda each: each.name)
def test_a_row_does_not_contradict_itself(operation: Operation) -> None:
    """A bearer is there where no signature is, and what the path names is a member."""
    members = {field.encode_name for field in msgspec.structs.fields(operation.request)}
    in_path = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}

    assert (operation.bearer is None) == (operation in CONTROL)
    assert in_path <= members

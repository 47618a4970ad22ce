"""Skeletons, judged by the generator that AWS's command line uses."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.utils import ArgumentGenerator
from botocore.validate import ParamValidator

from openparticipant.cli.model import OPERATIONS
from openparticipant.cli.skeleton import output_sample
from tests.cli.worlds import START, TOKEN, command

MODEL = botocore.session.get_session().get_service_model("connectparticipant")


def shape_of(name: str, side: str) -> Any:
    return getattr(MODEL.operation_model(OPERATIONS[name]["name"]), f"{side}_shape")


def without_enums(value: Any, shape: Any) -> Any:
    """Return a skeleton with "ENUM" for each member of an enum, which AWS's draws by lot."""
    match shape.type_name:
        case "structure":
            return {name: without_enums(each, shape.members[name]) for name, each in value.items()}
        case "list":
            return [without_enums(each, shape.member) for each in value]
        case _ if getattr(shape, "enum", None):
            assert value in shape.enum
            return "ENUM"
        case _:
            return value


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_skeleton_of_input_is_that_of_aws(name: str) -> None:
    """Byte for byte, but for the members of enums, of which it takes the same every time."""
    shape = shape_of(name, "input")
    outcome = command(name, "--generate-cli-skeleton")
    theirs = ArgumentGenerator().generate_skeleton(shape)

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.decode() == json.dumps(outcome.json, indent=4) + "\n"
    ours = without_enums(outcome.json, shape)
    assert json.dumps(ours) == json.dumps(without_enums(theirs, shape))
    assert command(name, "--generate-cli-skeleton", "input").out == outcome.out


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_sample_of_output_obeys_the_model(name: str) -> None:
    """Also where AWS's own sample breaks its model; elsewhere they are the same."""
    shape = shape_of(name, "output")
    ours = output_sample(OPERATIONS[name])
    if shape is None:
        assert ours == {}
        return

    assert not ParamValidator().validate(ours, shape).has_errors()
    theirs = ArgumentGenerator(use_member_names=True).generate_skeleton(shape)
    if not ParamValidator().validate(theirs, shape).has_errors():
        assert json.dumps(ours) == json.dumps(theirs)
    assert list(ours) == list(theirs)


def test_a_sample_needs_no_region_and_sends_nothing() -> None:
    """AWS's command asks for a region and then fails on its own sample."""
    outcome = command(*START, *TOKEN, "--generate-cli-skeleton", "output")

    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.json == {
        "AttachmentId": "AttachmentId",
        "UploadMetadata": {
            "Url": "Url",
            "UrlExpiry": "UrlExpiry",
            "HeadersToInclude": {"KeyName": "Value"},
        },
    }


def test_a_sample_is_shown_as_the_answer_would_be() -> None:
    """A script's query can be tried on it."""
    words = ("--generate-cli-skeleton", "output", "--query", "UploadMetadata.Url")
    outcome = command(*START, *TOKEN, *words, "--output", "text")

    assert outcome.out == b"Url\n"


def test_a_sample_is_not_shown_for_what_would_not_be_sent() -> None:
    """The real input is checked."""
    outcome = command(*START, "--connection-token=", "--generate-cli-skeleton", "output")

    assert outcome.status == 255
    assert "Invalid length for parameter ConnectionToken" in outcome.err

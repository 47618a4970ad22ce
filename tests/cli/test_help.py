"""Pages of help: what AWS's pages hold, in our own words."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from openparticipant.cli.global_options import GLOBALS
from openparticipant.cli.main import OWN_COMMANDS
from openparticipant.cli.services import SERVICES, Service, participant
from tests.cli.recording import recording
from tests.cli.worlds import command
from tests.requirements import require

MODEL = botocore.session.get_session().get_service_model("connectparticipant")
OPERATIONS = participant().operations
# The words of every operation, with the table that it stands in.
EVERY = [
    ((name,) if made().is_default else (service, name), made())
    for service, made in SERVICES.items()
    for name in made().operations
]
SAU = "start-attachment-upload"

# What AWS's page of start-attachment-upload has, in its order.
OPTIONS = [
    ("--content-type", "string"),
    ("--attachment-size-in-bytes", "long"),
    ("--attachment-name", "string"),
    ("--client-token", "string"),
    ("--connection-token", "string"),
    ("--cli-input-json", "string"),
    ("--generate-cli-skeleton", "string"),
]
GLOBAL_OPTIONS = [
    ("--debug", "boolean"),
    ("--endpoint-url", "string"),
    ("--no-verify-ssl", "boolean"),
    ("--no-paginate", "boolean"),
    ("--output", "string"),
    ("--query", "string"),
    ("--profile", "string"),
    ("--region", "string"),
    ("--version", "string"),
    ("--color", "string"),
    ("--no-sign-request", "boolean"),
    ("--ca-bundle", "string"),
    ("--cli-read-timeout", "int"),
    ("--cli-connect-timeout", "int"),
]
OPTIONAL = "--client-token"
OUTPUT = [
    (0, "AttachmentId", "string"),
    (0, "UploadMetadata", "structure"),
    (1, "Url", "string"),
    (1, "UrlExpiry", "string"),
    (1, "HeadersToInclude", "map"),
    (2, "key", "string"),
    (2, "value", "string"),
]


def page(*words: str) -> str:
    outcome = command(*words)
    assert (outcome.status, outcome.err) == (0, "")
    return outcome.out.decode()


def section(text: str, name: str) -> str:
    """Return what stands below a headline."""
    return re.split(r"^(?=\S)", text.split(f"\n{name}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def options(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^  (--\S+).* \((\w+)\)$", text, re.MULTILINE)


def output(text: str) -> list[tuple[int, str, str]]:
    """Return the output tree: depth, name, type; the element of a list has no name."""
    found = re.findall(r"^  ( *)(?:(\w+) -> )?\((\w+)\)$", section(text, "Output"), re.MULTILINE)
    return [(len(indent) // 4, name, kind) for indent, name, kind in found]


def synopsis(text: str) -> list[str]:
    return [line.strip() for line in section(text, "Synopsis").splitlines()[1:] if line]


def test_the_page_of_the_upload_holds_what_awss_page_holds() -> None:
    """Sections, options with their types in their order, and the output's members."""
    text = page(SAU, "help")

    order = ["Description", "Synopsis", "Options", "Global options", "Output", "Examples"]
    assert [line for line in text.splitlines() if line in order] == order
    assert options(section(text, "Options")) == OPTIONS
    assert options(section(text, "Global options")) == GLOBAL_OPTIONS
    assert output(text) == OUTPUT
    assert synopsis(text) == [
        # AWS's page gives --version a value, which its command does not take.
        *(shown(name, kind) for name, kind in (*OPTIONS, *GLOBAL_OPTIONS)),
    ]


def shown(name: str, kind: str) -> str:
    text = name if kind == "boolean" or name == "--version" else f"{name} <value>"
    is_required = (name, kind) in OPTIONS[:5] and name != OPTIONAL
    return text if is_required else f"[{text}]"


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_page_holds_what_the_model_holds(name: str) -> None:
    """Options and output of all operations, as AWS's pages are made from its model."""
    model = MODEL.operation_model(OPERATIONS[name]["name"])
    text = page(name, "help")

    own = [(f"--{xform_name(n, '-')}", s.type_name) for n, s in model.input_shape.members.items()]
    assert options(section(text, "Options")) == own + OPTIONS[-2:]
    assert options(section(text, "Global options")) == GLOBAL_OPTIONS
    assert output(text) == list(tree(model.output_shape, 0))


def tree(shape: Any, depth: int) -> list[tuple[int, str, str]]:
    """Return a shape's members as AWS's pages lay them out."""
    if shape is None:
        return []
    found = []
    for name, each in getattr(shape, "members", {}).items():
        found.append((depth, name, each.type_name))
        if each.type_name == "map":
            found += [(depth + 1, "key", "string"), (depth + 1, "value", each.value.type_name)]
        elif each.type_name == "list":
            found.append((depth + 1, "", each.member.type_name))
            found += tree(each.member, depth + 2)
        else:
            found += tree(each, depth + 1)
    return found


@pytest.mark.parametrize(("words", "service"), EVERY)
@pytest.mark.parametrize("asking", ["--help", "-h"])
def test_help_is_asked_for_in_three_ways(
    words: tuple[str, ...], service: Service, asking: str
) -> None:
    """All give the same page, whatever else is given; AWS's command knows only the word."""
    assert page(*words, asking) == page(service.name, words[-1], "help")
    assert page(*words, "--client-token=x", asking, "--nonsense") == page(*words, "help")


@pytest.mark.parametrize("asking", ["help", "--help", "-h"])
def test_every_level_has_a_page(asking: str) -> None:
    """The first lists all commands, each service its operations."""
    overview = page(asking)

    listed = (*OPERATIONS, *SERVICES, "attach", "download", "serve")
    assert all(f"  {name}\n" in overview for name in listed)
    for service, made in SERVICES.items():
        text = page(service, asking)
        own = made().operations
        assert all(f"  {name}\n" in text for name in own)
        others = {*(name for each in SERVICES.values() for name in each().operations), "attach"}
        assert not any(f"  {name}\n" in text for name in others - own.keys())


def test_every_option_is_explained() -> None:
    """Also those that AWS lacks; an option nobody can find is none."""
    text = page(SAU, "help")

    known = {name for name, _ in options(text)}
    assert {option.name for option in GLOBALS} <= known


@pytest.mark.parametrize(
    "words", [(), *((name,) for name in SERVICES), *(words for words, _ in EVERY)]
)
def test_pages_are_plain_text_that_fits(words: tuple[str, ...]) -> None:
    """No overstrikes, no escapes, no pager, and no line beyond 80 columns."""
    text = page(*words, "help")

    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    "name", ["attach", "contacts", "doctor", "download", "keys", "start-chat", "transcript"]
)
def test_help_explains_our_own_commands(name: str) -> None:
    """They have pages, too."""
    assert name in OWN_COMMANDS
    assert page(name, "--help").startswith(f"usage: openparticipant {name}")


@pytest.mark.parametrize(("words", "service"), EVERY)
def test_examples_run(words: tuple[str, ...], service: Service, tmp_path: Path) -> None:
    """As they stand on the page, in a shell, with nothing but the environment set."""
    require(Path("/bin/sh").exists(), "a shell")
    (tmp_path / "message.txt").write_text("hello")
    (tmp_path / "filled-in.json").write_text(
        '{"ContentType": "a", "AttachmentSizeInBytes": 1, "AttachmentName": "a"}'
    )
    script = "\n".join(
        line
        for line in section(page(*words, "help"), "Examples").splitlines()
        if line[:4] == "    "
    )
    with recording() as server:
        ran = subprocess.run(
            ["/bin/sh", "-eu", "-c", script],
            cwd=tmp_path,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(tmp_path),
                "AWS_ENDPOINT_URL": server.url,
                "AWS_ACCESS_KEY_ID": "AK",
                "AWS_SECRET_ACCESS_KEY": "SK",
                "AWS_REGION": "us-east-1",
                "OPENPARTICIPANT_CONNECTION_TOKEN": "T",
                "OPENPARTICIPANT_PARTICIPANT_TOKEN": "T",
                "ATTACHMENT_ID": "a",
                "VIEW_TOKEN": "v",
                "INSTANCE_ID": "i",
                "CONTACT_ID": "c",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert server.requests
    path = service.operations[words[-1]]["path"].partition("{")[0]
    assert all(each.path.startswith(path) for each in server.requests)


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_has_an_example(service: str) -> None:
    """A new one needs one, too."""
    made = SERVICES[service]()

    assert list(made.texts.EXAMPLES) == list(made.operations)

"""`doctor --origin ORIGIN`: what a browser page of that origin would meet at a deployment."""

from __future__ import annotations

from openparticipant.cli import bearer, services
from openparticipant.cli.own_command import ask
from openparticipant.cli.refusal import CommandError, UnknownOptionsError, UsageError
from openparticipant.cli.scan import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openparticipant.cli.endpoint import Endpoint
    from openparticipant.cli.environment import Environment
    from openparticipant.cli.examination.page import Page
    from openparticipant.cli.examination.report import Report
    from openparticipant.cli.own_command import Asked
    from openparticipant.cli.profile import Profile

_KIND = "ParticipantToken"
_OPTIONS = (
    Option("--origin", exact=True),
    Option("--contact-flow-id", exact=True),
    Option("--instance-id", exact=True),
    Option("--json", takes="nothing", exact=True),
    Option(bearer.OPTIONS[_KIND], exact=True),
    bearer.file_option(_KIND),
)
_MEND_START = (
    "look at the keys, --region, --instance-id, --contact-flow-id and the clocks; a proxy must pass "
    "the host that was called (`proxy_set_header Host $http_host;`)"
)
_GIVE = (
    f"give a participant's token ({bearer.FILES[_KIND]}), or the keys that start chats; for a "
    "server of your own `openparticipant env` prints what leads to them"
)


def run(arguments: list[str], world: Environment) -> int:
    """Look at everything; 1 when anything is wrong."""
    asked = ask(arguments, _OPTIONS)
    if asked.wants_help:
        from openparticipant.cli import help as pages  # noqa: PLC0415

        world.write(pages.own_command("doctor", world.program))
        return 0
    if asked.words:
        raise UnknownOptionsError(asked.words)
    if "--origin" not in asked.values:
        raise UsageError("the following arguments are required: --origin")
    if not {"--output", "--query"}.isdisjoint(asked.values):
        raise UsageError("doctor prints lines, or JSON with --json: no --output and no --query")

    from openparticipant.cli.examination.page import Page  # noqa: PLC0415 - not for a page of help
    from openparticipant.cli.examination.report import Report  # noqa: PLC0415
    from openparticipant.cli.profile import load  # noqa: PLC0415

    profile = load(world.environ, asked.options.profile)
    endpoint = services.participant().endpoint(asked.options, world, profile)
    page = Page(asked.values["--origin"], endpoint.reach)
    report = Report(world, as_json="--json" in asked.values)
    _examine(asked, world, profile, endpoint, page, report)
    report.end(page.origin, endpoint.url)
    return 0 if report.is_well else 1


def _examine(
    asked: Asked,
    world: Environment,
    profile: Profile,
    endpoint: Endpoint,
    page: Page,
    report: Report,
) -> None:
    from openparticipant.cli.examination.service import Service  # noqa: PLC0415 - likewise
    from openparticipant.cli.examination.talk import Talk  # noqa: PLC0415
    from openparticipant.cli.examination.way import Ways  # noqa: PLC0415
    from openparticipant.cli.new_chat import Caller, instance, started  # noqa: PLC0415

    ways = Ways(report, page, world)
    service = Service(endpoint.url, page, report, world)
    if not ways.is_open("service", endpoint.url, "--endpoint-url") or not service.examine():
        report.skip("chat", "a page does not get that far")
        return
    token = _given(asked, world)
    if token:
        report.hide({token})
        Talk(service, page, report, ways, world, token).hold()
        report.skip("end", "the chat goes on: its token was given")
        return
    try:
        control = Caller(services.control_plane(), asked, world, profile)
    except CommandError as error:
        report.skip("chat", str(error).partition("\n")[0], _GIVE)
        return
    chat: dict[str, str] = {}
    with report.step("chat", _MEND_START) as step:
        chat = started(control, asked, "Doctor")
        step.says("one was started for this")
    if not chat:
        return
    report.hide({chat["ParticipantToken"]})
    try:
        Talk(service, page, report, ways, world, chat["ParticipantToken"]).hold()
    finally:
        with report.step("end", "end it by stop-contact") as step:
            ending = {"InstanceId": instance(asked), "ContactId": chat["ContactId"]}
            control.call("stop-contact", ending)
            step.says("the chat that was started for this has ended")


def _given(asked: Asked, world: Environment) -> str:
    if not bearer.is_given(_KIND, asked.values, world):
        return ""
    token = bearer.find(_KIND, asked.values, world)
    if not token:
        raise CommandError("The participant token is empty.")
    return token

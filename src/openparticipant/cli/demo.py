"""`openparticipant demo`: a server, and one file that goes up and comes back, step by step."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from openparticipant.cli.demo_steps import RoundTrip
from openparticipant.cli.environment import Environment
from openparticipant.cli.refusal import CommandError, UsageError
from openparticipant.data_dir import DataDir, DataDirError

_READY = "openparticipant ready on "
_HELP = """usage: openparticipant demo [--exit] [--port PORT] [--data-dir DIR]

Starts a server on its embedded default, sends a picture through it with every request and answer
shown, compares what comes back, and stays up for you to go on, with a chat page for the browser.
--exit ends it right away.
"""


def run(arguments: list[str], world: Environment) -> int:
    """Run the demo; 0 only if the bytes that came back are those that went up."""
    if {"-h", "--help", "help"} & set(arguments):
        world.write(_HELP)
        return 0
    stays, port, data_dir = _options(arguments)
    try:
        DataDir(data_dir).create()
    except DataDirError as error:
        raise CommandError(str(error)) from None
    log = data_dir / "demo.log"
    with log.open("ab") as stderr:
        server = _serve(port, data_dir, stderr, chat_page=stays)
        try:
            url = _ready(server, log)
            world.write(f"\n  openparticipant on {url}\n  data in {data_dir}, log in {log}\n")
            RoundTrip(world, url, data_dir / "aws").run()
            if stays:
                world.write(_next_steps(url, data_dir))
                server.wait()
        except KeyboardInterrupt:
            world.write("\n")
        finally:
            _end(server)
    return 0


def _options(arguments: list[str]) -> tuple[bool, str, Path]:
    stays, port, data_dir = True, "8080", "openparticipant-data"
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name == "--exit" and not equals:
            stays = False
            continue
        if name not in {"--port", "--data-dir"}:
            raise UsageError(f"demo has no option {name}")
        value = value if equals else next(words, "")
        if not value:
            raise UsageError(f"argument {name}: expected one argument")
        if name == "--port":
            port = value
        else:
            data_dir = value
    return stays, port, Path(data_dir)


def _serve(
    port: str, data_dir: Path, stderr: IO[bytes], *, chat_page: bool
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "openparticipant", "serve"]
    command += ["--port", port, "--data-dir", str(data_dir)]
    if chat_page:
        command.append("--demo")
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)  # noqa: S603 - our own server


def _ready(server: subprocess.Popen[str], log: Path) -> str:
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line.startswith(_READY):
        server.wait()
        last = (log.read_text("utf-8", "replace").strip().splitlines() or ["no reason given"])[-1]
        raise CommandError(f"the server did not start: {last}")
    return line.removeprefix(_READY).strip()


def _end(server: subprocess.Popen[str]) -> None:
    """Let the server drain; it has nothing left to do, so it ends at once."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        give_up_at = time.monotonic() + 35
        while server.poll() is None and time.monotonic() < give_up_at:
            try:
                server.wait(1)
            except subprocess.TimeoutExpired:
                continue
            except KeyboardInterrupt:
                server.kill()
    if server.stdout is not None:
        server.stdout.close()


def _next_steps(url: str, data_dir: Path) -> str:
    program = f"{sys.executable} -m openparticipant"
    beside = Path(sys.executable).with_name("openparticipant")
    if beside.exists():
        program = str(beside)
    return f"""
  Chat by hand, customer and agent side by side, in a browser on this machine:

    {url}/demo/

  Or go on in another shell:

    eval "$({program} env --data-dir {data_dir})"
    aws connect start-chat-contact --instance-id demo --contact-flow-id demo \\
        --participant-details DisplayName=Jane      # AWS's own command line, no --endpoint-url
    python -c 'import boto3; boto3.client("connectparticipant")'   # boto3, likewise

    eval "$({program} start-chat --as customer)"
    {program} attach FILE                       # start, PUT and complete in one

  amazon-connect-chatjs, before the first session:

    connect.ChatSession.setGlobalConfig({{ endpoint: "{url}", region: "us-east-1" }})

  Ctrl-C ends the server.
"""

"""Our own commands, against a server in another process."""

from __future__ import annotations

from pathlib import Path

from tests.clients.programs import Shell, find, told_by_env
from tests.contents.filler import filled
from tests.serve_process import ServeProcess

# What a person types; nothing is given but where AWS's two files are.
_ROUND_TRIP = """
eval "$("$op" start-chat --as customer)"
customer=$OPENPARTICIPANT_CONNECTION_TOKEN
eval "$("$op" start-chat --as agent --contact-id "$OPENPARTICIPANT_CONTACT_ID")"
[ "$customer" != "$OPENPARTICIPANT_CONNECTION_TOKEN" ]
OPENPARTICIPANT_CONNECTION_TOKEN=$customer "$op" attach "$1" "$2" > attached
mkdir got
while read -r id name; do "$op" download "$id" -o got; done < attached
"""


def test_attach_and_download_in_a_shell(shell: Shell, tmp_path: Path) -> None:
    """Two files go from the customer to the agent, names and bytes unchanged."""
    sent = {"Prüfbericht, final.pdf": filled("pdf", 300_001), "b.txt": b"b"}
    for name, content in sent.items():
        (tmp_path / name).write_bytes(content)
    text = f"set -- {' '.join(repr(name) for name in sent)}\n{_ROUND_TRIP}"
    done = shell.script(text, op=find("openparticipant"))
    assert (done.status, done.err) == (0, b"")
    got = {path.name: path.read_bytes() for path in (tmp_path / "got").iterdir()}
    assert got == sent


def test_env_takes_away_what_would_beat_the_files(plain: ServeProcess, tmp_path: Path) -> None:
    """In a shell full of another account's variables the evaluated lines still lead here."""
    others = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "another",
        "AWS_SESSION_TOKEN": "another",
        "AWS_PROFILE": "another",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_CONNECT": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_CONNECTPARTICIPANT": "http://127.0.0.1:9",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_CA_BUNDLE": "/nowhere",
    }
    shell = told_by_env(plain.data_dir, tmp_path, **others)
    assert set(shell.variables) == {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
    started = shell.run(
        "aws", "connect", "start-chat-contact", "--instance-id", "instance", "--contact-flow-id",
        "flow", "--participant-details", '{"DisplayName":"Customer"}',
    )  # fmt: skip
    assert started.json["ContactId"]


def test_env_warns_of_what_it_takes_away(plain: ServeProcess, tmp_path: Path) -> None:
    """The person is told which of their variables go, and nothing of what they held."""
    before = Shell(tmp_path, {"AWS_PROFILE": "another", "AWS_SECRET_ACCESS_KEY": "a-secret"})
    shown = before.run("openparticipant", "env", "--data-dir", str(plain.data_dir))
    assert shown.status == 0
    assert shown.out.splitlines()[2:] == [b"unset AWS_SECRET_ACCESS_KEY", b"unset AWS_PROFILE"]
    assert shown.err.count(b"\n") == 1
    assert b"AWS_SECRET_ACCESS_KEY, AWS_PROFILE" in shown.err
    assert b"a-secret" not in shown.out + shown.err


def test_awkward_directory_is_no_trouble(tmp_path: Path) -> None:
    """Spaces and quotes in the data directory's path survive the shell and AWS's own parser."""
    data_dir = tmp_path / 'it\'s a "data" $dir'
    with ServeProcess(data_dir, "--tls", "auto", log=tmp_path / "log"):
        shell = told_by_env(data_dir, tmp_path)
        assert shell.variables["AWS_CONFIG_FILE"] == str(data_dir / "aws" / "config")
        started = shell.run(
            "aws", "connect", "start-chat-contact", "--instance-id", "instance",
            "--contact-flow-id", "flow", "--participant-details", '{"DisplayName":"Customer"}',
        )  # fmt: skip
        assert started.json["ContactId"]

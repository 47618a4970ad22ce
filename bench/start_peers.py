"""The servers that `bench/start.py` compares, each with bearers for the load."""

from __future__ import annotations

import configparser
import hmac
import http.client
import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.object_peers import free_port
from bench.processes import ServerProcess
from openparticipant.sigv4 import Credentials, host_of, sign

CONTACTS = 200
_NODE = Path(__file__).with_name("node")
_SECRET = "bench-secret"
_READY = "openparticipant ready on "
# Ten attachments a contact, one in ten of them still pending; public ids are random as in life.
_FILL = """
    CREATE TEMP TABLE first AS SELECT
        (SELECT max(seq) FROM contacts) AS contact, (SELECT max(seq) FROM participants) AS person;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {contacts})
    INSERT INTO contacts (id, instance_id, flow_id, attributes, content_types, request_digest,
                          started_at, ends_at, updated_at, attachments_held)
    SELECT lower(hex(randomblob(16))), 'filler', 'flow', '{{}}', '[]', x'', {now}, {later}, {now}, 10
    FROM n;
    INSERT INTO participants (contact_seq, id, role, display_name, request_digest)
    SELECT seq, lower(hex(randomblob(16))), 'CUSTOMER', 'Customer', x''
    FROM contacts WHERE instance_id = 'filler' ORDER BY seq;
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {rows} - 1)
    INSERT INTO attachments
        (contact_seq, id, participant_seq, participant_id, name, content_type, size, status, held,
         staging_key, final_key, start_token, complete_token, url_expires_at, abandoned_at, due_at)
    SELECT first.contact + 1 + i / 10, lower(hex(randomblob(16))), first.person + 1 + i / 10,
           lower(hex(randomblob(16))), 'holiday-at-the-lake.png', 'image/png', 204800,
           CASE i % 10 WHEN 0 THEN 'pending' ELSE 'approved' END, 1,
           'connect/filler/Attachments/chat/staging/2026/01/31/' || hex(randomblob(35)),
           CASE i % 10 WHEN 0 THEN NULL ELSE
               'connect/filler/Attachments/chat/2026/01/31/' || hex(randomblob(50)) END,
           lower(hex(randomblob(16))), lower(hex(randomblob(16))), {later}, {later},
           CASE i % 10 WHEN 0 THEN {later} END
    FROM n, first;
"""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to load: a kind of request to a server."""

    name: str
    server: ServerProcess
    url: str
    bearers: Path
    method: str = "POST"
    path: str = "/participant/start-attachment-upload"


def ours(
    root: Path,
    name: str,
    rows: int = 0,
    settings: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Target:
    """Start openparticipant, on its embedded default unless `settings` say otherwise.

    It has open contacts and `rows` old ones.
    """
    root.mkdir()
    server = _serve(root, settings, environment)
    bearers = _write_bearers(root, _open_contacts(server, root / "data"))
    if rows:
        server.stop()
        _fill(root / "data" / "openparticipant.sqlite3", rows)
        server = _serve(root, settings, environment)
    return Target(name, server, server.ready_line.removeprefix(_READY).strip(), bearers)


def no_op(target: Target) -> Target:
    """Turn to the same server's cheapest answer."""
    return replace(target, name="ours, GET /health/live", method="GET", path="/health/live")


def node_peers(root: Path) -> list[Target]:
    """Start what can be started of the Node servers, and say what cannot."""
    if shutil.which("node") is None:
        print("left out: the Node servers, since there is no node")
        return []
    peers = [_bare_node(root / "bare")]
    if (_NODE / "node_modules").exists():
        peers.append(_sdk_node(root / "sdk"))
    else:
        print("left out: AWS's presigner; get it with npm ci --prefix bench/node")
    return peers


def _bare_node(root: Path) -> Target:
    expires = int((time.time() + 86_400) * 1000)
    signed = [f"{os.urandom(16).hex()}.{expires}" for _ in range(CONTACTS)]
    bearers = [
        f"{text}.{hmac.digest(_SECRET.encode(), text.encode(), 'sha256').hex()}" for text in signed
    ]
    return _node(root, "bare Node, stores nothing", "bare.js", bearers)


def _sdk_node(root: Path) -> Target:
    return _node(root, "Node with AWS's presigner", "sdk.js", ["-"])


def _node(root: Path, name: str, script: str, bearers: Iterable[str]) -> Target:
    root.mkdir()
    port = free_port()
    server = ServerProcess(
        ["node", str(_NODE / script), str(port)],
        root / "log",
        {**os.environ, "BENCH_SECRET": _SECRET},
    )
    return Target(name, server, f"http://127.0.0.1:{port}", _write_bearers(root, bearers))


def _serve(
    root: Path, settings: Sequence[str], environment: Mapping[str, str] | None
) -> ServerProcess:
    command = [sys.executable, "-m", "openparticipant", "serve", "--port", "0"]
    command += ["--data-dir", str(root / "data"), "--attachments-per-contact", "100000000"]
    return ServerProcess([*command, *settings], root / "log", environment)


def _write_bearers(root: Path, bearers: Iterable[str]) -> Path:
    path = root / "bearers"
    path.write_text("\n".join(bearers))
    return path


def _open_contacts(server: ServerProcess, data: Path) -> list[str]:
    """Start contacts over the wire and return a connection token for each."""
    profile = configparser.ConfigParser()
    profile.read(data / "aws" / "credentials")
    key = Credentials(
        profile["default"]["aws_access_key_id"], profile["default"]["aws_secret_access_key"]
    )
    url = server.ready_line.removeprefix(_READY).strip()
    body = {
        "InstanceId": "bench",
        "ContactFlowId": "flow",
        "ParticipantDetails": {"DisplayName": "Customer"},
    }
    content = json.dumps(body).encode()
    with closing(http.client.HTTPConnection(urlsplit(url).netloc)) as connection:
        tokens = []
        for _ in range(CONTACTS):
            signed = sign(
                key,
                "PUT",
                host_of(url),
                "/contact/chat",
                region="us-east-1",
                service="connect",
                at=time.time_ns() // 1_000_000,
                body=content,
            )
            started = _call(connection, "PUT", "/contact/chat", content, signed)
            connected = _call(
                connection,
                "POST",
                "/participant/connection",
                b'{"Type":["CONNECTION_CREDENTIALS"]}',
                {"X-Amz-Bearer": started["ParticipantToken"]},
            )
            tokens.append(connected["ConnectionCredentials"]["ConnectionToken"])
    return tokens


def _call(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    content: bytes,
    headers: dict[str, str],
) -> Any:
    connection.request(method, path, content, headers)
    response = connection.getresponse()
    said = response.read()
    assert response.status == 200, said
    return json.loads(said)


def _fill(database: Path, rows: int) -> None:
    now = time.time_ns() // 1_000_000
    script = _FILL.format(contacts=rows // 10, rows=rows, now=now, later=now + 7 * 86_400_000)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.executescript(f"BEGIN; {script} COMMIT;")

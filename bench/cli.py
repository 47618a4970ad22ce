"""Times whole processes of the command line against AWS's, in turn, in one run.

    python -m bench.cli [--rounds 15]

Prints the method, then for each command the medians in milliseconds and the ratio of the pairs.
Needs `aws` (v1) beside the interpreter, and groff, without which `aws` has no help. The service is a
small server in this process, so the numbers are the clients' own cost. The ratio is the median over the rounds of one run of `aws`
divided by the run of `openparticipant` that followed it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BIN = Path(sys.executable).parent
CALL = [
    "connectparticipant",
    "start-attachment-upload",
    *("--content-type", "text/plain"),
    *("--attachment-size-in-bytes", "5"),
    *("--attachment-name", "a.txt"),
    *("--connection-token", "TOK"),
    *("--region", "us-east-1"),
    "--no-sign-request",
]
SIGNED = [
    *("connect", "start-chat-contact"),
    *("--instance-id", "i", "--contact-flow-id", "f"),
    *("--participant-details", "DisplayName=Jane", "--attributes", "order=5"),
    *("--region", "us-east-1"),
]
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
ANSWER = json.dumps(
    {
        "AttachmentId": "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111",
        "UploadMetadata": {
            "Url": "https://example.test/upload?X-Amz-Signature=abc&x=1",
            "UrlExpiry": "2030-01-01T00:00:00.000Z",
            "HeadersToInclude": {"Content-Type": "text/plain", "Content-Length": "5"},
        },
    }
).encode()


class Handler(BaseHTTPRequestHandler):
    """Gives the same answer to every call."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    do_PUT = do_POST  # noqa: N815 - named by the base class

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    """Serve on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for this machine with openssl."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", key, "-out", certificate, "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


def took(command: list[str], environ: dict[str, str], status: int) -> float:
    """Run a process and return its time in milliseconds."""
    before = time.perf_counter()
    ran = subprocess.run(command, env=environ, capture_output=True, check=False)
    spent = (time.perf_counter() - before) * 1000
    assert ran.returncode == status, (command, ran.returncode, ran.stderr)
    return spent


def compare(name: str, words: list[str], environ: dict[str, str], rounds: int, status: int) -> None:
    """Time both programs in turn and print a row."""
    pairs = []
    for _ in range(rounds + 1):
        theirs = took([str(BIN / "aws"), *words], environ, status)
        ours = took([str(BIN / "openparticipant"), *words], environ, status)
        pairs.append((theirs, ours))
    counted = pairs[1:]
    theirs, ours = (statistics.median(each) for each in zip(*counted, strict=True))
    ratio = statistics.median(their / our for their, our in counted)
    print(f"{name:<16}{theirs:10.1f}{ours:18.1f}{ratio:9.1f} x", flush=True)


def main() -> None:
    """Compare all kinds of command."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.platform()}")
    print(f"{rounds} rounds after one warm-up, the two programs in turn, medians, milliseconds\n")
    print(f"{'command':<16}{'aws':>10}{'openparticipant':>18}{'ratio':>9}")
    with tempfile.TemporaryDirectory() as home:
        environ = {
            "HOME": home,
            "PATH": os.environ["PATH"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "PAGER": "cat",
        }
        plain = serve()
        context, certificate = own_certificate(Path(home))
        secured = serve(context)
        http = ["--endpoint-url", f"http://127.0.0.1:{plain.server_port}"]
        https = ["--endpoint-url", f"https://127.0.0.1:{secured.server_port}"]
        trust = ["--ca-bundle", str(certificate)]
        compare("http call", [*CALL, *http], environ, rounds, 0)
        compare("https call", [*CALL, *https, *trust], environ, rounds, 0)
        compare("signed call", [*SIGNED, *http], environ | KEYS, rounds, 0)
        if shutil.which("groff"):
            compare("help", [*CALL[:2], "help"], environ, rounds, 0)
        compare("skeleton", [*CALL[:2], "--generate-cli-skeleton"], environ, rounds, 0)
        compare("missing option", CALL[:2], environ, rounds, 2)
        compare("bad value", [*CALL, "--content-type="], environ, rounds, 255)
        compare("wrong query", [*CALL, *http, "--query", "["], environ, rounds, 255)
        compare("version", ["--version"], environ, rounds, 0)


if __name__ == "__main__":
    main()

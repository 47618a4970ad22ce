"""The servers that `bench/objects.py` compares: ours, nginx DAV and SeaweedFS, each on core 0."""

from __future__ import annotations

import configparser
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from openparticipant.sigv4 import Credentials, host_of, presign, sign

KEY = Credentials("BENCH", "bench-secret")
REGION = "us-east-1"
HOUR = 3600
_NGINX = """
daemon off; worker_processes 1; pid {d}/pid; error_log {d}/error.log; user root;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; client_max_body_size 200m; client_body_temp_path {d}/body;
  server {{
    listen 127.0.0.1:{port};
    location / {{ root {d}/files; dav_methods PUT; create_full_put_path on; }}
  }}
}}
"""


class Peer(ABC):
    """One server process with the way to address its objects."""

    name = ""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.root.mkdir(parents=True)
        self.port = free_port()
        command = ["taskset", "-c", "0", *self.command()]
        self._log = (root / "log").open("wb")
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        self._wait()

    @abstractmethod
    def command(self) -> list[str]:
        """Return how to start it; files it needs may be written here."""

    def ready(self) -> None:
        """Raise OSError while it does not serve yet."""
        socket.create_connection(("127.0.0.1", self.port), 1).close()

    @abstractmethod
    def put(self, number: int, size: int) -> tuple[str, dict[str, str]]:
        """Return the target (path and query) of a PUT, and its headers."""

    @abstractmethod
    def get(self, number: int) -> str:
        """Return the target of a GET."""

    def settle(self, number: int) -> None:
        """Make what was PUT readable, where that takes a step of its own."""
        del number  # for most it is readable at once

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def processes(self) -> list[psutil.Process]:
        """Return the whole process tree."""
        mother = psutil.Process(self.process.pid)
        return [mother, *mother.children(recursive=True)]

    def cpu(self) -> float:
        """Return the CPU seconds used so far."""
        times = [each.cpu_times() for each in self.processes()]
        return sum(each.user + each.system for each in times)

    def stop(self) -> None:
        """End it and remove its files."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()
        shutil.rmtree(self.root)

    def _wait(self) -> None:
        for _ in range(200):
            try:
                self.ready()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"{self.name} did not start; see {self.root}/log")


class Ours(Peer):
    """`openparticipant serve`: row and signature checked, hashed, fsynced, renamed, logged."""

    name = "openparticipant"

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._uploads: dict[int, tuple[str, str, dict[str, str]]] = {}
        self._downloads: dict[int, str] = {}
        self._bearer = self._open_chat()

    def command(self) -> list[str]:
        """Start the server on its embedded default."""
        command = [sys.executable, "-m", "openparticipant", "serve", "--port", str(self.port)]
        command += ["--admin-port", str(free_port()), "--data-dir", str(self.root / "data")]
        return [*command, "--attachments-per-contact", "1000"]

    def ready(self) -> None:
        """Ask it: its socket takes connections long before."""
        urllib.request.urlopen(f"{self._base}/health/ready", timeout=2).close()

    def put(self, number: int, size: int) -> tuple[str, dict[str, str]]:
        """Start an attachment of this size, once."""
        if number not in self._uploads:
            started = self._call(
                "start-attachment-upload",
                {
                    "AttachmentName": "bench.txt",
                    "AttachmentSizeInBytes": size,
                    "ContentType": "text/plain",
                    "ClientToken": str(number),
                },
            )
            metadata = started["UploadMetadata"]
            target = metadata["Url"].removeprefix(self._base)
            self._uploads[number] = (started["AttachmentId"], target, metadata["HeadersToInclude"])
        return self._uploads[number][1:]

    def settle(self, number: int) -> None:
        """Complete an uploaded attachment and ask where it is."""
        attachment_id = self._uploads[number][0]
        token = {"ClientToken": str(number)}
        self._call("complete-attachment-upload", {"AttachmentIds": [attachment_id], **token})
        got = self._call("attachment", {"AttachmentId": attachment_id})
        self._downloads[number] = got["Url"].removeprefix(self._base)

    def get(self, number: int) -> str:
        """Return the signed GET that the service gave."""
        return self._downloads[number]

    def _open_chat(self) -> str:
        profile = configparser.ConfigParser()
        profile.read(self.root / "data" / "aws" / "credentials")
        pair = profile["default"]
        key = Credentials(pair["aws_access_key_id"], pair["aws_secret_access_key"])
        details = {"DisplayName": "Customer"}
        body = {"InstanceId": "bench", "ContactFlowId": "flow", "ParticipantDetails": details}
        content = json.dumps(body).encode()
        signed = sign(
            key,
            "PUT",
            host_of(self._base),
            "/contact/chat",
            region=REGION,
            service="connect",
            at=time.time_ns() // 1_000_000,
            body=content,
        )
        token = self._ask("PUT", "/contact/chat", content, signed)["ParticipantToken"]
        connected = self._call("connection", {"Type": ["CONNECTION_CREDENTIALS"]}, token)
        bearer: str = connected["ConnectionCredentials"]["ConnectionToken"]
        return bearer

    def _call(self, path: str, body: object, bearer: str = "") -> Any:
        headers = {"X-Amz-Bearer": bearer or self._bearer}
        return self._ask("POST", f"/participant/{path}", json.dumps(body).encode(), headers)

    def _ask(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Any:
        request = urllib.request.Request(
            self._base + path,
            content,
            {**headers, "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read() or b"null")


class Nginx(Peer):
    """nginx with its DAV module: no signature, no hash, no fsync."""

    name = "nginx"

    def command(self) -> list[str]:
        """Write a configuration and start on it."""
        (self.root / "files").mkdir()
        conf = self.root / "conf"
        conf.write_text(_NGINX.format(d=self.root, port=self.port))
        return ["nginx", "-c", str(conf), "-e", str(self.root / "error.log")]

    def put(self, number: int, size: int) -> tuple[str, dict[str, str]]:
        """Name a file."""
        return f"/{number}", _headers(size)

    def get(self, number: int) -> str:
        """Name the same file."""
        return f"/{number}"


class SeaweedFS(Peer):
    """`weed mini`: master, volume, filer and S3 gateway in one process; signature checked."""

    name = "seaweedfs"

    def command(self) -> list[str]:
        """Write its identities and start."""
        keys = {"accessKey": KEY.access_key_id, "secretKey": KEY.secret_access_key}
        identity = {"name": "bench", "credentials": [keys], "actions": ["Admin"]}
        config = self.root / "s3.json"
        config.write_text(json.dumps({"identities": [identity]}))
        return [
            str(Path(sys.executable).with_name("weed")),
            *("mini", f"-dir={self.root}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
            *(f"-s3.port={self.port}", f"-s3.config={config}", "-webdav=false", "-admin.ui=false"),
            *("-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
            *(f"-s3.localSocket={self.root}/s3", f"-filer.localSocket={self.root}/filer"),
        ]

    def ready(self) -> None:
        """Make the bucket: that it can be made means that all roles are up."""
        request = urllib.request.Request(self._url("PUT", "", {}), method="PUT")
        urllib.request.urlopen(request, timeout=2).close()

    def put(self, number: int, size: int) -> tuple[str, dict[str, str]]:
        """Sign a PUT."""
        headers = _headers(size)
        return self._url("PUT", f"/{number}", headers).removeprefix(self._base), headers

    def get(self, number: int) -> str:
        """Sign a GET."""
        return self._url("GET", f"/{number}", {}).removeprefix(self._base)

    def _url(self, method: str, path: str, headers: Mapping[str, str]) -> str:
        return presign(
            KEY,
            method,
            self._base,
            f"/attachments{path}",
            region=REGION,
            at=time.time_ns() // 1_000_000,
            lasting=HOUR,
            headers=headers,
        )


def _headers(size: int) -> dict[str, str]:
    return {"Content-Type": "text/plain", "Content-Length": str(size)}


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

"""Who may import whom: imports point down, and only one room names back ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "openparticipant"
SOURCE = Path(__file__).parent.parent / "src" / PACKAGE

# Each floor may import the floors below it, and what shares its own package.
FLOORS: dict[str, int] = {
    "errors": 1,
    "limits": 1,
    "trace_context": 1,
    "request_context": 1,
    "domain": 2,
    "wire": 2,
    "sigv4": 2,
    "setting": 2,
    "setting_values": 3,
    "setting_table": 4,
    "settings": 5,
    "data_dir": 3,
    "view_files": 3,
    "master_key": 2,
    "sealing": 3,
    "ports": 3,
    "operations": 4,
    "stores": 4,
    "bus": 4,
    "objects": 4,
    "scanners": 4,
    "contents": 4,
    "system": 4,
    "tracing": 4,
    "backups": 5,
    "transport": 5,
    "bootstrap": 6,
    "cli": 7,
    "testing": 7,
    "__main__": 8,
}
# The third-party modules that only some rooms may use.
GUARDED: dict[str, set[str]] = {
    "uvicorn": {"transport"},
    "uvloop": {"transport", "testing"},
    "httptools": {"transport"},
    "websockets": {"cli", "transport", "testing"},
    "sqlite3": {"stores"},
    "asyncpg": {"stores", "bootstrap"},
    "prometheus_client": {"transport"},
    "opentelemetry": {"tracing"},
    "cryptography": {"transport", "bus", "sealing"},
    "jmespath": {"cli"},
    "rich": {"cli"},
    "yaml": {"cli"},
    "aiohttp": {"objects"},
    "imagesize": {"contents"},
    "puremagic": {"contents"},
    "botocore": {"objects"},
    "boto3": set(),
    "pytest": {"testing"},
}
BACK_ENDS = {
    f"{PACKAGE}.sealing",
    f"{PACKAGE}.stores.sqlite",
    f"{PACKAGE}.stores.postgres",
    f"{PACKAGE}.objects.disk",
    f"{PACKAGE}.objects.s3",
    f"{PACKAGE}.bus.local",
    f"{PACKAGE}.bus.nats",
    f"{PACKAGE}.scanners",
    f"{PACKAGE}.tracing.otel",
}
# The built-in object store is a server as well as a back end: its own route knows it.
KNOW_THE_DISK = {"transport"}
# What runs or sets up a server, or reads what one left behind; all others talk to one over HTTP, as strangers.
SERVER_COMMANDS = {
    "backup",
    "bucket",
    "restore",
    "serve",
    "env",
    "config",
    "migrate",
    "server_settings",
    "stopped_server",
    "verify",
    "worker",
    "workers",
}
DIAL_OUT_ROOMS = {"operations", "stores", "objects", "transport", "bootstrap", "ports"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts != ("__init__",):
            yield ".".join(parts), path


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def room(module: str) -> str:
    return module.removeprefix(f"{PACKAGE}.").split(".")[0]


def test_imports_point_down() -> None:
    """No room imports from its own floor or above, except within itself."""
    wrong = [
        f"{module} imports {name}"
        for module, path in modules()
        for name in imports(path)
        if name.startswith(f"{PACKAGE}.")
        and room(name) in FLOORS
        and room(name) != room(module)
        and FLOORS[room(name)] >= FLOORS[room(module)]
    ]

    assert wrong == []


def test_every_room_has_a_floor() -> None:
    """A new room must be given its floor before anything can be put into it."""
    assert {room(module) for module, _ in modules()} <= FLOORS.keys()


def test_third_party_modules_stay_in_their_rooms() -> None:
    """What we lean on is imported where it belongs, so that it could be replaced there."""
    wrong = [
        f"{module} imports {name}"
        for module, path in modules()
        for name in imports(path)
        if (root := name.split(".")[0]) in GUARDED and room(module) not in GUARDED[root]
    ]

    assert wrong == []


def test_only_the_composition_root_names_back_ends() -> None:
    """Operations see back ends as ports, so any of them can be chosen by configuration."""
    wrong = [
        f"{module} imports {name}"
        for module, path in modules()
        for name in imports(path)
        if any(name == back_end or name.startswith(f"{back_end}.") for back_end in BACK_ENDS)
        and room(module) not in {"bootstrap", "stores", "objects", "bus", "scanners", "testing"}
        and not (name.startswith(f"{PACKAGE}.objects") and room(module) in KNOW_THE_DISK)
    ]

    assert wrong == []


def test_operation_commands_are_strangers_to_the_server() -> None:
    """The command line works against any server, so it shares no code with ours."""
    wrong = [
        f"{module} imports {name}"
        for module, path in modules()
        if room(module) == "cli" and module.split(".")[-1] not in SERVER_COMMANDS
        for name in imports(path)
        if name.startswith(f"{PACKAGE}.") and room(name) in DIAL_OUT_ROOMS
    ]

    assert wrong == []

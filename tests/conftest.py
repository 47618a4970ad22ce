from __future__ import annotations

import asyncio
import inspect

import pytest

pytest.register_assert_rewrite(
    "openparticipant.testing.bus_contract",
    "openparticipant.testing.object_contract",
    "openparticipant.testing.store_contract",
)
pytest_plugins = [
    "tests.engines.clamd",
    "tests.engines.cluster",
    "tests.engines.nats",
    "tests.engines.postgres",
    "tests.engines.radosgw",
    "tests.engines.seaweedfs",
    "tests.leaks",
]


BEHIND_NGINX = "--behind-nginx"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the tests of clients be played against three nodes on shared engines."""
    parser.addoption(BEHIND_NGINX, action="store_true", help="three nodes in place of one server")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a plain `async def` test on an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True

"""Every statement finds its rows by an index, so that a full store is as fast as an empty one."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from openparticipant.stores import (
    access_keys,
    attachments,
    audit,
    connections,
    contact_store,
    contacts,
    items,
    listings,
    messages,
    purges,
    quotas,
    removals,
    scans,
    transcripts,
)
from openparticipant.stores.sqlite import SqliteDatabase

MODULES = (
    access_keys,
    attachments,
    audit,
    connections,
    contact_store,
    contacts,
    items,
    listings,
    messages,
    purges,
    quotas,
    removals,
    scans,
    transcripts,
)
# Of key pairs there are a handful, and of scans those that wait now.
SMALL = ("access_keys", "CONSTANT ROW", "scans USING COVERING INDEX scans_due", "usage_counted")
# Once in the life of a database.
ALL_OF_IT = "quotas._COUNT"


def statements(module: ModuleType) -> dict[str, str]:
    """Return a module's statements by name."""
    chapter = module.__name__.rpartition(".")[2]
    return {
        f"{chapter}.{name}": text
        for name, text in vars(module).items()
        if isinstance(text, str) and re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b", text)
    }


STATEMENTS = {name: text for module in MODULES for name, text in statements(module).items()}
del STATEMENTS[ALL_OF_IT]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    """Return a connection to an empty database of the newest schema."""
    path: Path = tmp_path_factory.mktemp("plans") / "database"
    SqliteDatabase(path).close()
    return sqlite3.connect(path)


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_no_statement_reads_a_whole_table(name: str, connection: sqlite3.Connection) -> None:
    """The plan searches, and where a page is asked for, it does not sort the rest first."""
    text = STATEMENTS[name].replace("$", "?")
    count = max((int(number) for number in re.findall(r"\?(\d+)", text)), default=0)
    with closing(connection.execute(f"EXPLAIN QUERY PLAN {text}", (0,) * count)) as plan:
        steps = [detail for *_, detail in plan]
    scans = [step for step in steps if step.startswith("SCAN")]
    assert [step for step in scans if not step.endswith(SMALL)] == []
    if re.search(r"LIMIT \?\d", text):
        assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("_ALL", "contacts_by_start"),
        ("_ENDED", "contacts_by_start"),
        ("_OPEN", "contacts_open"),
        ("_ALL_OF", "contacts_of_instance"),
        ("_ENDED_OF", "contacts_of_instance"),
        ("_OPEN_OF", "contacts_open_of_instance"),
    ],
)
def test_lists_of_contacts_pass_over_nothing_that_has_ended(
    name: str, index: str, connection: sqlite3.Connection
) -> None:
    """The few open chats are found without a look at all that ever were."""
    text = STATEMENTS[f"listings.{name}"].replace("$", "?")
    count = 5 if "?5" in text else 4
    with closing(connection.execute(f"EXPLAIN QUERY PLAN {text}", (0,) * count)) as plan:
        steps = [detail for *_, detail in plan]
    assert f"USING INDEX {index} (" in steps[0]
    assert "started_at>? AND started_at<?" in steps[0]

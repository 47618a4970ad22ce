"""What the pages say that can be checked against what they speak of."""

from __future__ import annotations

import ast
import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from openparticipant import limits
from openparticipant.setting import Setting
from openparticipant.setting_table import SETTINGS
from openparticipant.transport.bounds import Bounds
from openparticipant.transport.metrics import Metrics

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
OPERATE = (ROOT / "docs/operate.md").read_text("utf-8")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
_UNITS = {"SECOND", "MINUTE", "HOUR", "DAY", "MIB"}


def rows(text: str, first: str) -> list[list[str]]:
    """Return the cells of the rows below the first table row that begins with `first`."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(first):
            break
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found[1:]  # behind the rule


def row(setting: Setting) -> list[str]:
    """Return how the page tells of a setting."""
    default = f"`{setting.default}`" if setting.default else "—"
    return [f"`--{setting.flag}`", default, setting.help]


def test_every_setting_is_told_with_its_default() -> None:
    """The table is that of the server, row by row; to mend it, print `row` of each."""
    assert rows(OPERATE, "| flag | default |") == [row(setting) for setting in SETTINGS]


def test_every_metric_is_told_with_its_labels() -> None:
    """Whoever writes an alert finds the name as Prometheus sees it."""
    metrics = Metrics()
    metrics.request("GetAttachment", 200, 0.1)
    metrics.stage("encode")(0.001)
    metrics.moved("in", 1)
    metrics.refused("malformed")
    metrics.delivered("message", 1, 0.001)
    metrics.notices("in")()
    metrics.notice_dropped("down")
    metrics.scanned("clamd://host", "approved", 0.1)
    metrics.content_fault("type")
    metrics.watch_engine("database", SimpleNamespace(trouble=None))
    expected = []
    for family in metrics.registry.collect():
        labels = [name for name in family.samples[0].labels if name != "le"]
        ending = "_total" if family.type == "counter" else ""
        expected.append(
            [f"`{family.name}{ending}`", family.type, ", ".join(f"`{name}`" for name in labels)]
        )

    assert [cells[:3] for cells in rows(OPERATE, "| name | kind |")] == expected


def test_every_bound_is_told_with_its_value() -> None:
    """An operator whose client is cut off finds the number."""
    expected = [[f"`{it.name}`", f"{it.default:g}"] for it in dataclasses.fields(Bounds)]

    assert [cells[:2] for cells in rows(OPERATE, "| bound | value |")] == expected


def test_every_limit_is_told() -> None:
    """Each number that the service lives by is on the page, and no other."""
    told = [cells[-1].strip("`") for cells in rows(OPERATE, "| | value | source |")]

    assert told == [name for name in vars(limits) if name.isupper() and name not in _UNITS]


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    """Pages and headings that a page of ours points to are there."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    """Return what links may name within a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


@each_page
def test_what_a_page_names_is_there(page: Path) -> None:
    """Files and tests that a page cites exist under these names."""
    text = page.read_text("utf-8")
    for path, name in re.findall(r"`((?:tests|docs|tools|bench)/[\w./-]*)(?:::(\w+))?`", text):
        target = ROOT / path
        assert target.exists(), path
        if name:
            assert name in functions(target), f"{path}::{name}"


def functions(module: Path) -> set[str]:
    """Return the names of a module's functions."""
    tree = ast.parse(module.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


def test_the_parts_that_the_architecture_names_are_there() -> None:
    """Its paths are relative to the package; a name alone follows a path in the same room."""
    package = ROOT / "src/openparticipant"
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = re.findall(r"`(\w+/(?:\w+/)*(?:\w+\.py)?|\w+\.py)`", text)
    known = {path.name for path in package.rglob("*.py")}

    assert named
    assert [
        path
        for path in named
        if path not in known and not any((it / path).exists() for it in (package, ROOT))
    ] == []


def test_decisions_are_numbered_and_alike() -> None:
    """One number each, without gaps; each says why, what, and what would change our mind."""
    assert [path.name[:5] for path in DECISIONS] == [
        f"{number:04}-" for number in range(1, len(DECISIONS) + 1)
    ]
    for path in DECISIONS:
        parts = re.findall(r"^\*\*(.+?)\.\*\*", path.read_text("utf-8"), re.MULTILINE)
        assert parts[:2] == ["Context", "Choice"], path.name
        assert parts[-1] == "What would change our mind", path.name


def test_the_examples_for_builders_run(tmp_path: Path) -> None:
    """What stands on the page about testing passes as it stands, the fixture found by itself."""
    page = (ROOT / "docs/testing.md").read_text("utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    for number, example in enumerate(examples):
        (tmp_path / f"test_example_{number}.py").write_text(example, "utf-8")

    # All of both contracts is played elsewhere; here a rule of each shows that the example works.
    chosen = "not (my_store or my_objects) or an_approved_attachment or a_part_may_be_read"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, "."],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        text=True,
        timeout=300,
    )

    assert examples
    assert done.returncode == 0, done.stdout

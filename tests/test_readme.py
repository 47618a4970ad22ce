"""What the README promises, run."""

from __future__ import annotations

import re
from pathlib import Path

from openparticipant.testing.server import Server

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_the_examples_for_builders_run(participant_server: Server) -> None:
    """They work as they stand, with the fixture that the package brings."""
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}

    exec(example, names)

    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert tests
    for test in tests:
        assert callable(test)
        test(participant_server)


def test_every_link_leads_somewhere() -> None:
    """The pages that the README names exist."""
    root = Path(__file__).parent.parent
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert [link for link in links if not (root / link).exists()] == []

"""What the README promises, run."""

from __future__ import annotations

import re
from pathlib import Path

from openparticipant.testing.server import Server

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_the_example_for_builders_runs(participant_server: Server) -> None:
    """The five lines work as they stand, with the fixture that the package brings."""
    (example,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}

    exec(example, names)

    test = names["test_a_file_comes_back"]
    assert callable(test)
    test(participant_server)


def test_every_link_leads_somewhere() -> None:
    """The pages that the README names exist."""
    root = Path(__file__).parent.parent
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert [link for link in links if not (root / link).exists()] == []

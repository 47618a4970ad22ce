"""The page of promises and the suite that shows them say the same."""

from __future__ import annotations

import ast

from tests.promises.page import ROOT, promises


def test_each_promise_stands_there_once() -> None:
    """They are 52, in order, so that a reader finds the one that is missing."""
    assert [promise.number for promise in promises()] == list(range(1, 53))


def test_the_page_names_the_tests_of_each_promise() -> None:
    """All of them and no other, so that the proof of a promise can be read and run."""
    marked: dict[int, set[str]] = {}
    for path in sorted((ROOT / "tests/promises").glob("test_*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "promise":
                    for number in call.args:
                        assert isinstance(number, ast.Constant)
                        name = f"{path.relative_to(ROOT)}::{node.name}"
                        marked.setdefault(int(str(number.value)), set()).add(name)
    assert {promise.number: promise.tests for promise in promises() if promise.tests} == marked

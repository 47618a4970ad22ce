"""`python -m tests.fuzzers.one TARGET …`: one target under libFuzzer, whose options follow.

atheris measures which lines an input reaches and keeps those that reach new ones.
"""

from __future__ import annotations

import sys

import atheris

if __name__ == "__main__":
    name = sys.argv.pop(1)
    with atheris.instrument_imports(
        include=["openparticipant", "imagesize", "puremagic", "zipfile"]
    ):
        from tests.fuzzers.targets import TARGETS
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()

"""Run `aws` on all cases and write down what it does; with `--check`, compare.

`python -m tests.cli.against_aws.record [--check] [GROUP ...]`
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.against_aws import recordings
from tests.cli.against_aws.cases import GROUPS
from tests.cli.against_aws.recordings import Recording
from tests.cli.against_aws.stage import AWS, Stage

AT_ONCE = 2


def main(words: list[str]) -> int:
    """Record or compare the groups that are named, else all; return the exit status."""
    check = "--check" in words
    groups = [word for word in words if word != "--check"] or list(GROUPS)
    unknown = [group for group in groups if group not in GROUPS]
    if unknown:
        print(f"no such group: {', '.join(unknown)}", file=sys.stderr)
        return 2
    found = []
    with TemporaryDirectory() as directory:
        stage = Stage(Path(directory), time.time_ns() // 1_000_000)
        for group in groups:
            seen = _record(group, stage)
            if check:
                found += [f"{group}: {each}" for each in differences(group, seen)]
            else:
                recordings.write(group, seen)
            print(f"{len(seen):4} {group}", flush=True)
    if set(groups) == set(GROUPS):
        found += _files_of_no_group(check=check)
    for each in found:
        print(each, file=sys.stderr)
    return 1 if found else 0


def differences(group: str, seen: dict[str, Recording]) -> Iterable[str]:
    """Yield what is wrong with the recordings of a group, given what was seen now."""
    recorded = recordings.read(group)
    for name in sorted(recorded.keys() - seen.keys()):
        yield f"{name}: there is no such case"
    for name, now in seen.items():
        before = recorded.get(name)
        if before is None:
            yield f"{name}: there is no recording"
        elif before.command != now.command:
            yield f"{name}: the recording is of other words"
        else:
            case = GROUPS[group][name]
            told = before.comparable(case, before.seen), before.comparable(case, now.seen)
            if told[0] != told[1]:
                yield f"{name}:\n  recorded {told[0]}\n  seen now {told[1]}"


def _record(group: str, stage: Stage) -> dict[str, Recording]:
    cases = GROUPS[group]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seen = pool.map(lambda case: stage.play(AWS, case), cases.values())
        return {
            name: Recording.made(case, each)
            for (name, case), each in zip(cases.items(), seen, strict=True)
        }


def _files_of_no_group(*, check: bool) -> Iterable[str]:
    for path in sorted(recordings.FOLDER.glob("*.json")):
        if path.stem in GROUPS:
            continue
        if check:
            yield f"{path.name}: there is no such group"
        else:
            path.unlink()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""All cases, by group; each group is recorded in a file of its own."""

from __future__ import annotations

from tests.cli.against_aws.case import Cases
from tests.cli.against_aws.cases import (
    answers,
    endpoints,
    ends,
    files,
    input_json,
    operations,
    options,
    order,
    pages,
    profiles,
    queries,
    refusals,
    skeletons,
    structures,
    terminals,
    time_outs,
    tls,
    traces,
    unchecked,
    values,
)

GROUPS: dict[str, Cases] = {
    "answers": answers.CASES,
    "endpoints": endpoints.CASES,
    "ends": ends.CASES,
    "files": files.CASES,
    "pages": pages.CASES,
    "input_json": input_json.CASES,
    "operations": operations.CASES,
    "options": options.CASES,
    "order": order.CASES,
    "profiles": profiles.CASES,
    "queries": queries.CASES,
    "refusals": refusals.CASES,
    "skeletons": skeletons.CASES,
    "structures": structures.CASES,
    "terminals": terminals.CASES,
    "time_outs": time_outs.CASES,
    "tls": tls.CASES,
    "traces": traces.CASES,
    "unchecked": unchecked.CASES,
    "values": values.CASES,
}

"""`--baseline`: what was there before a change, so that only what the change adds decides."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tesuri.cli.judged_file import judged_file
from tesuri.cli.state import Session, read_file, shown_name
from tesuri.flows.compare_baseline import existing_of, only_added
from tesuri.flows.judged_violations import Judged, read_answers, violations_of
from tesuri.model.control import GateReport
from tesuri.model.errors import BadInput

BaselineOption = Annotated[
    str,
    typer.Option(
        "--baseline",
        "--against",
        help="What was there before: the answer that --format json wrote, or the earlier file itself. It is counted, "
        "and only what the change adds decides.",
    ),
]


def added(
    session: Session, reports: Sequence[GateReport], name: str, repository: str
) -> Sequence[GateReport]:
    """Give the answers to what was added since a baseline. **raises** BadInput for one that tells nothing of these."""
    if not name or not reports:
        return reports
    data, where = read_file(name), shown_name(name)
    answers = read_answers(data, where=where)
    if answers is None:
        if len(reports) > 1:
            raise BadInput(
                "One earlier file tells nothing of several files.",
                where=where,
                remedy="Check one file, or name the answer that --format json wrote for all.",
            )
        before = violations_of([judged_file(session.gates, data, Path(name), where, repository)])
        return [only_added(reports[0], existing_of(before))]
    if len(reports) == 1 and len({each.subject for each in answers}) <= 1:
        return [only_added(reports[0], existing_of(answers))]
    return _added(reports, answers)


def added_since(
    reports: Sequence[GateReport], earlier: Sequence[GateReport]
) -> Sequence[GateReport]:
    """Give the answers to what was added since earlier answers to the same files."""
    return _added(reports, violations_of(earlier))


def _added(reports: Sequence[GateReport], before: Sequence[Judged]) -> Sequence[GateReport]:
    by_subject: dict[str, list[Judged]] = defaultdict(list)
    for each in before:
        by_subject[each.subject].append(each)
    return [only_added(each, existing_of(by_subject[each.subject])) for each in reports]

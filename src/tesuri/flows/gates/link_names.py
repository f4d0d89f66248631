"""Let what events call by its bare name be the finding that snapshots know with its path: users, roles, groups of IAM.

Events mostly tell the name only, and the ARN that a recording tells has the path, too. A name of IAM is given once in an
account, whatever the path, so that both are certain to be one, unless the recording itself holds both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tesuri.flows.clocks.closing_dates import with_due_dates
from tesuri.flows.lifecycle.merge_findings import Joining
from tesuri.flows.site.coverage import GATE_TOOL
from tesuri.model.event import Event, EventKind
from tesuri.model.identifiers import Identity
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.triage.table import DecisionTable

_WITH_PATH: Final = re.compile(r"(arn:[\w-]+:iam::\d{12}:(?:user|role|group)/)(?:[^/]+/)+([^/]+)")
_NAMED: Final = "Events tell its name without the path, and a name is given once in an account."


@dataclass(frozen=True, slots=True)
class TwoNames:
    """A failing verdict on what has a path, under its ARN and under the one that events make of its name."""

    whole: Identity
    bare: Identity


def bare_name(arn: str) -> str:
    """Give the ARN without the path; empty for one that has none, and for what is named otherwise."""
    found = _WITH_PATH.fullmatch(arn)
    return f"{found[1]}{found[2]}" if found else ""


def link_bare_names(
    named: Sequence[TwoNames],
    *,
    writer: Writer,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
) -> None:
    """Let each finding be found under its bare name, and take up the one that an event made of it before."""
    apart = [each for each in named if each.whole != each.bare]
    identities = {identity for each in apart for identity in (each.whole, each.bare)}
    standings = writer.standings(0, sorted(identities)) if identities else {}
    events: list[Event] = []
    joining = Joining(writer, now, _NAMED)
    for each in apart:
        whole, bare = standings.get(each.whole), standings.get(each.bare)
        if whole is None:
            continue
        if bare is not None:
            joining.take_up(whole.key, bare.key)
            continue
        taken: dict[str, object] = {"linked": [each.bare.hex()]}
        events.append(Event(EventKind.RELINKED, now, f"scan:{GATE_TOOL}", whole.key, _NAMED, taken))
    writer.append(with_due_dates(events, writer))
    joining.write(workspace=workspace, table=table)

"""Bring stored misconfigurations in line with which control says the same as which rule of a tool.

The map is a part of their identity. When it changes, with a release or a control that is added, they are found
under the new identities too, and those that turn out to be one are merged: nothing is closed and opened again.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tesuri.flows.lifecycle.merge_findings import JoinCount, Joining, Naming
from tesuri.model.identifiers import FindingKey
from tesuri.model.joining import StoredFinding
from tesuri.model.workspace import Workspace
from tesuri.ports import Writer
from tesuri.triage.joining import group_under, reported_rules
from tesuri.triage.table import DecisionTable

_MEMO = "rule-controls"
_BATCH: Final = 4000


def relink_rules(
    writer: Writer,
    *,
    workspace: Workspace,
    table: DecisionTable,
    now: datetime,
    batch: int = _BATCH,
) -> JoinCount:
    """Relink everything where the map is another one than the last time; mostly nothing has to be looked at.

    **cost** one pass over the current misconfigurations when the map changed; what it relinks is remembered meanwhile.
    """
    mark = _mark(workspace)
    if writer.memo(_MEMO) == mark:
        return JoinCount()
    count = JoinCount()
    joining = Joining(writer, now, "One control says the same as both rules.")
    for some in _batches(writer, batch):
        joining.join([_naming(each, workspace) for each in some])
        count += joining.write(workspace=workspace, table=table)
    writer.keep_memo(_MEMO, mark)
    return count


def _batches(writer: Writer, batch: int) -> Iterator[list[StoredFinding]]:
    after = FindingKey(0)
    while some := list(writer.misconfigurations(after, batch)):
        yield some
        after = some[-1].key


def _naming(stored: StoredFinding, workspace: Workspace) -> Naming:
    names = {workspace.rule_controls.get(rule, rule) for rule in reported_rules(stored)}
    group = group_under(stored, workspace.rule_controls.get(stored.rule, stored.rule))
    return Naming(stored, tuple(sorted(names)), tuple(sorted(names)), group)


def _mark(workspace: Workspace) -> str:
    return hashlib.sha256(repr(sorted(workspace.rule_controls.items())).encode()).hexdigest()

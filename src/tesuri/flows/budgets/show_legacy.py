"""The legacy budgets: what services run on, against what is known of its end of support."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from tesuri.budgets.legacy import legacy_row
from tesuri.flows.legacy.legacy_components import what_runs
from tesuri.flows.site.survey import services_of_team
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import TeamId
from tesuri.model.legacy import LegacyRow, LegacyView, Product
from tesuri.model.objective import Counted, Objective
from tesuri.model.signal import FeedName
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader

TARGET = Fraction(95, 100)
WINDOW_SECONDS = 90 * 86_400


def show_legacy(
    reader: Reader,
    workspace: Workspace,
    products: Sequence[Product] | None,
    *,
    team: TeamId | None,
    now: datetime,
) -> LegacyView:
    """Give each service's legacy budget, worst first, by the loaded copy of endoflife.date or by these products.

    **raises** BadInput where nothing is known of what runs, or no copy is there.
    """
    copies = [each for each in reader.feeds() if each.name is FeedName.ENDOFLIFE]
    if products is None and not copies:
        raise BadInput(
            "No copy of endoflife.date is loaded.",
            where="feeds",
            remedy="Name a file, or load one with: tesuri feeds load FILE --as-of DAY",
        )
    running = what_runs(reader, workspace, products)
    scope = services_of_team(workspace, team)
    found = {key: each for key, each in running.components.items() if key in scope}
    every = [component for components in found.values() for component in components]
    if not every:
        raise BadInput(
            "Nobody knows what any service runs on.",
            where="services/",
            remedy="Declare it, as components: [python 3.11, postgresql 16], or take in SBOMs with tesuri ingest.",
        )
    objective = _objective(workspace)
    target = objective.target if objective else TARGET
    window = objective.window_seconds if objective else WINDOW_SECONDS
    rows = [
        legacy_row(service, components, now=now, window_seconds=window, target=target)
        for service, components in found.items()
        if components
    ]
    return LegacyView(
        rows=tuple(sorted(rows, key=_worst_first)),
        whole=legacy_row(None, every, now=now, window_seconds=window, target=target),
        target=target,
        window_seconds=window,
        undeclared=tuple(sorted(each for each in found if each and not found[each])),
        objective=objective.id if objective else None,
        as_of=copies[0].as_of if products is None else None,
        untracked=sum(number for key, number in running.untracked.items() if key in scope),
    )


def _objective(workspace: Workspace) -> Objective | None:
    counting = (each for each in workspace.objectives if each.counts is Counted.COMPONENTS)
    return next(counting, None)


def _worst_first(row: LegacyRow) -> tuple[int, Fraction, str]:
    return (-row.state.rank, row.remaining or Fraction(0), row.service or "")

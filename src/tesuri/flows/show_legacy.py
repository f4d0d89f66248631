"""The legacy budgets: what services declare to run on, against what is known of its end of support."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from tesuri.budgets.legacy import component_of, legacy_row
from tesuri.flows.survey import services_of_team
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import TeamId
from tesuri.model.legacy import LegacyRow, LegacyView, Product
from tesuri.model.workspace import Workspace

TARGET = Fraction(95, 100)
WINDOW_SECONDS = 90 * 86_400


def show_legacy(
    workspace: Workspace, products: Sequence[Product], *, team: TeamId | None, now: datetime
) -> LegacyView:
    """Give each service's legacy budget, worst first. **raises** BadInput when nothing is declared."""
    scope = services_of_team(workspace, team)
    services = [each for each in workspace.services.values() if each.id in scope]
    found = {
        each.id: [component_of(name, products) for name in each.components] for each in services
    }
    every = [component for components in found.values() for component in components]
    if not every:
        raise BadInput(
            "No service says what it runs on.",
            where="services/",
            remedy="Declare it, as components: [python 3.11, postgresql 16].",
        )
    rows = [
        legacy_row(service, components, now=now, window_seconds=WINDOW_SECONDS, target=TARGET)
        for service, components in found.items()
        if components
    ]
    return LegacyView(
        rows=tuple(sorted(rows, key=_worst_first)),
        whole=legacy_row(None, every, now=now, window_seconds=WINDOW_SECONDS, target=TARGET),
        target=TARGET,
        window_seconds=WINDOW_SECONDS,
        undeclared=tuple(sorted(service for service in found if not found[service])),
    )


def _worst_first(row: LegacyRow) -> tuple[int, Fraction, str]:
    return (-row.state.rank, row.remaining or Fraction(0), row.service or "")

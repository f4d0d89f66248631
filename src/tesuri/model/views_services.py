"""View of the estate: services with their budgets, and what nobody has claimed yet."""

from dataclasses import dataclass

from tesuri.model.estate import Exposure
from tesuri.model.identifiers import AssetId, ServiceId
from tesuri.model.objective import PolicyState
from tesuri.model.views import BudgetRow, Coverage


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service in one line."""

    id: ServiceId
    title: str
    state: PolicyState
    """Worst of its budgets."""
    open_findings: int
    late_findings: int
    coverage: Coverage
    title_ja: str = ""
    owner: str = ""
    owner_ja: str = ""
    tier: int | None = None
    exposure: Exposure | None = None
    journeys: tuple[str, ...] = ()
    journeys_ja: tuple[str, ...] = ()
    """Same order; an empty text where nobody declared one."""
    worst: BudgetRow | None = None


@dataclass(frozen=True, slots=True)
class UnownedAsset:
    """Something that a scan saw and no service claims."""

    asset: AssetId
    name: str
    open_findings: int
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnlabelledService:
    """A service whose file leaves out what triage needs."""

    id: ServiceId
    title: str
    missing: tuple[str, ...]
    """tier, exposure, data_class, team."""
    title_ja: str = ""


@dataclass(frozen=True, slots=True)
class ServicesView:
    """What we run, worst first, and what is not yet claimed or labelled."""

    rows: tuple[ServiceRow, ...]
    unowned: tuple[UnownedAsset, ...] = ()
    unowned_total: int = 0
    unlabelled: tuple[UnlabelledService, ...] = ()

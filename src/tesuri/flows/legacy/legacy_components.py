"""What every service runs on: what it declares, and what scans list of its assets."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tesuri.budgets.group import union
from tesuri.budgets.legacy import ALWAYS
from tesuri.budgets.products import (
    ProductIndex,
    component_of,
    cycle_of,
    has_support,
    index_products,
    product_of,
)
from tesuri.model.clock import Interval
from tesuri.model.identifiers import ServiceId
from tesuri.model.inventory import Presence
from tesuri.model.legacy import Component, Product
from tesuri.model.workspace import Workspace
from tesuri.ports import Reader
from tesuri.routing.ownership import asset_owner
from tesuri.routing.targets import asset_of_target, index_targets


@dataclass(frozen=True, slots=True)
class Running:
    """Components by service (None: nobody owns their asset), and how many others nobody follows."""

    components: Mapping[ServiceId | None, Sequence[Component]]
    untracked: Mapping[ServiceId | None, int]
    """Listed now, of products of which no end of support is published: libraries, mostly."""


def what_runs(
    reader: Reader, workspace: Workspace, products: Sequence[Product] | None = None
) -> Running:
    """Give what every service runs on; `products` in place of the loaded copy of endoflife.date.

    Several packages of one product in one version count once in an asset, however many tools list them.
    """
    index = index_products(reader.products() if products is None else products)
    seen = reader.inventory(lambda component: has_support(component, index))
    targets = index_targets(workspace.assets)
    assets = {each.target: asset_of_target(each.target, targets) for each in seen}
    sizes = reader.inventory_sizes()
    assets |= {target: asset_of_target(target, targets) for target in sizes if target not in assets}
    owners = {target: asset_owner(asset, workspace).service for target, asset in assets.items()}
    places: dict[tuple[ServiceId | None, str], list[Presence]] = defaultdict(list)
    for each in seen:
        places[owners[each.target], assets[each.target].name].append(each)
    found: dict[ServiceId | None, list[Component]] = {
        each.id: [component_of(name, index) for name in each.components]
        for each in workspace.services.values()
    }
    for (owner, asset), listed in places.items():
        found.setdefault(owner, []).extend(_components(asset, listed, index))
    return Running(found, _untracked(seen, sizes, owners))


def _components(asset: str, seen: Sequence[Presence], index: ProductIndex) -> list[Component]:
    spans: dict[tuple[str, str, Product | None], list[Interval]] = defaultdict(list)
    for each in seen:
        product = product_of(each.component, index)
        name = product.title if product else each.component.name
        since = ALWAYS if each.since is None else each.since
        spans[name, each.component.version, product].append((since, each.until))
    return [
        Component(
            f"{name} {version}".strip(),
            cycle_of(version, product.cycles) if product else None,
            asset,
            union(intervals),
        )
        for (name, version, product), intervals in spans.items()
    ]


def _untracked(
    seen: Sequence[Presence],
    sizes: Mapping[str, int],
    owners: Mapping[str, ServiceId | None],
) -> Mapping[ServiceId | None, int]:
    followed: dict[str, set[object]] = defaultdict(set)
    for each in seen:
        if each.until is None:
            followed[each.target].add(each.component)
    untracked: dict[ServiceId | None, int] = defaultdict(int)
    for target, size in sizes.items():
        untracked[owners[target]] += size - len(followed[target])
    return dict(untracked)

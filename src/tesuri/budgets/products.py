"""Which product with a known end of support a component is, and which cycle of it its version belongs to.

Packages of an operating system are left to the operating system: Debian supports its own Python for as long as it
supports itself, whatever its makers do. So an image counts its system once, and what was put on top of it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tesuri.model.inventory import SeenComponent
from tesuri.model.legacy import Component, Cycle, Product

_SYSTEM = "operating-system"
_PLATFORMS = frozenset(
    {_SYSTEM, "application", "container", "device", "firmware", "framework", "platform"}
)
"""Kinds that have an end of support of their own; of a library that nobody lists there is none to miss."""

_SYSTEM_PACKAGES = frozenset({"deb", "rpm", "apk", "alpm"})

# From: the families of Trivy, the distributions of Syft (ID of os-release) and the names of endoflife.date.
_SYSTEMS: Mapping[str, str] = {
    "alma": "almalinux",
    "alpine": "alpine-linux",
    "amazon": "amazon-linux",
    "amazonlinux": "amazon-linux",
    "amzn": "amazon-linux",
    "ol": "oracle-linux",
    "opensuse.leap": "opensuse",
    "opensuse-leap": "opensuse",
    "oracle": "oracle-linux",
    "oraclelinux": "oracle-linux",
    "photon": "vmware-photon",
    "redhat": "rhel",
    "red hat": "rhel",
    "rocky": "rocky-linux",
    "suse linux enterprise server": "sles",
}
_STANDARD_LIBRARIES: Mapping[str, str] = {"golang/stdlib": "go"}
"""Packages that stand for their language."""

_VERSION_MARK = re.compile(r"^(?:v|go)(?=\d)")
_VERSION_TAIL = re.compile(r"[\s+~_-]")


@dataclass(frozen=True, slots=True)
class ProductIndex:
    """Products by what they are called; empty where no copy of endoflife.date is loaded."""

    by_name: Mapping[str, Product]
    by_purl: Mapping[str, Product]


def index_products(products: Iterable[Product]) -> ProductIndex:
    """Give the index; where two products have the same name, the first one has it."""
    by_name: dict[str, Product] = {}
    by_purl: dict[str, Product] = {}
    for product in products:
        for name in product.names:
            by_name.setdefault(name, product)
        for purl in product.purls:
            by_purl.setdefault(purl, product)
    return ProductIndex(by_name, by_purl)


def component_of(declared: str, index: ProductIndex) -> Component:
    """Give the component that `python 3.9.18` means: product, then version; the longest cycle wins."""
    name, _, version = declared.strip().rpartition(" ")
    product = index.by_name.get(name.strip().casefold())
    return Component(declared, cycle_of(version, product.cycles) if product else None)


def product_of(component: SeenComponent, index: ProductIndex) -> Product | None:
    """Give the product that a listed component is; None where none is known."""
    name = component.name.casefold()
    if component.kind == _SYSTEM:
        return index.by_name.get(_SYSTEMS.get(name, name))
    if component.ecosystem in _SYSTEM_PACKAGES:
        return None
    found = index.by_purl.get(component.purl_key) or index.by_name.get(
        _STANDARD_LIBRARIES.get(component.purl_key, "")
    )
    if found is None and component.kind in _PLATFORMS:
        return index.by_name.get(name)
    return found


def has_support(component: SeenComponent, index: ProductIndex) -> bool:
    """Whether a legacy budget counts it: its product is known, or it is of a kind that has an end."""
    if component.ecosystem in _SYSTEM_PACKAGES and component.kind != _SYSTEM:
        return False
    is_platform = component.kind in _PLATFORMS and bool(component.version)
    return is_platform or product_of(component, index) is not None


def cycle_of(version: str, cycles: Sequence[Cycle]) -> Cycle | None:
    """Give the longest cycle that begins the version, as it is written or without what follows its numbers."""
    plain = _VERSION_MARK.sub("", version.strip())
    for text in dict.fromkeys((plain, _VERSION_TAIL.split(plain, maxsplit=1)[0])):
        fitting = [each for each in cycles if f"{text}.".startswith(f"{each.name}.")]
        if fitting:
            return max(fitting, key=lambda each: len(each.name))
    return None

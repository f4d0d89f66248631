"""Which findings a VEX statement is about: the same vulnerability, package and asset.

Nothing is guessed: a product that names no asset of ours exactly is about none, since a wrong match hides a finding.
"""

from collections.abc import Iterator

from packageurl import PackageURL

from tesuri.model.finding import Finding
from tesuri.model.observation import Package
from tesuri.model.vex import asset_of_urn
from tesuri.triage.component import component_of


def is_in_package(package: Package | None, finding: Finding) -> bool:
    """Whether a finding is in this package, in this version where one is named; None is every package."""
    if package is None:
        return True
    if not (package.name and finding.package):
        return False
    found = Package(
        finding.package,
        finding.installed_version,
        finding.package_ecosystem,
        finding.package_namespace,
    )
    return _is_same_version(package.version, found.version) and _is_same_component(package, found)


def asset_names(product: str) -> Iterator[str]:
    """Give the ways in which a scan may name a product: as it is, and the image of a package URL."""
    own = asset_of_urn(product)
    if own is not None:
        yield own
        return
    yield product
    try:
        purl = PackageURL.from_string(product)
    except ValueError:
        return
    qualifiers = purl.qualifiers
    repository = qualifiers.get("repository_url", "")
    names = [repository, f"{repository}/{purl.name}"] if repository else []
    names.append(f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name)
    for name in names:
        yield name
        if tag := qualifiers.get("tag", ""):
            yield f"{name}:{tag}"
        if purl.version:
            yield f"{name}@{purl.version}" if ":" in purl.version else f"{name}:{purl.version}"


def _is_same_component(one: Package, other: Package) -> bool:
    if one.ecosystem and other.ecosystem:
        return component_of(one) == component_of(other)
    return one.name.casefold() == other.name.casefold()


def _is_same_version(stated: str, installed: str) -> bool:
    """Compare as written; an epoch counts only where both have one."""
    if not stated or not installed:
        return True
    pair = [stated, installed]
    if (":" in stated) != (":" in installed):
        pair = [each.rpartition(":")[2] for each in pair]
    return pair[0] == pair[1]

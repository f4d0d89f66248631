"""The product of a VEX statement: a package, or a thing that has packages."""

from tesuri.model.observation import Package
from tesuri.untrusted.package_url import package_from_purl

_IMAGE_TYPES = frozenset({"oci", "docker"})


def package_of(name: str) -> Package | None:
    """Give the package that a package URL names; None for an image, and for what is no package URL."""
    found = package_from_purl(name)
    return None if found is None or found.ecosystem in _IMAGE_TYPES else found


def is_asset_name(name: str) -> bool:
    """Whether a product is something that is scanned, not a package in it."""
    return package_of(name) is None

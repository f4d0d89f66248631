"""How a product and its package are named in a VEX document of ours."""

import hashlib

import orjson
from packageurl import PackageURL

from tesuri.model.observation import Package
from tesuri.model.vex import asset_urn

NO_ACTION = "No action is recorded yet."
NO_REASON = "It was decided without a recorded reason."


def purl_of(package: Package) -> str:
    """Give the package URL with the version, or "" for a package whose ecosystem nobody knows."""
    if not package.ecosystem:
        return ""
    try:
        made = PackageURL(
            type=package.ecosystem,
            namespace=package.namespace or None,
            name=package.name,
            version=package.version or None,
        )
    except ValueError:
        return ""
    return made.to_string()


def product_name(asset: str) -> str:
    """Give a package URL as it is, and any other asset under a name of ours that can be told apart."""
    return asset if asset.startswith("pkg:") else asset_urn(asset)


def content_digest(value: object) -> str:
    """Give the SHA-256 of what is stated, equal for equal statements whenever they are written."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()

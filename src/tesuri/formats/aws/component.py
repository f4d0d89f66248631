"""Packages and images as Inspector names them, in its own findings and in Security Hub's copies."""

from dataclasses import dataclass

from tesuri.model.observation import Package
from tesuri.untrusted.package_url import package_named

_NO_VERSION = frozenset({"", "notavailable", "not available", "n/a"})
# From: https://docs.aws.amazon.com/inspector/v2/APIReference/API_VulnerablePackage.html (packageManager)
_MANAGERS = {
    "pythonpkg": "python-pkg",
    "nodepkg": "node-pkg",
    "dotnet_core": "dotnet-core",
    "gobinary": "gobinary",
    "gomod": "gomod",
}
_RPM = ("amazon", "centos", "red", "rhel", "oracle", "suse", "sles", "fedora", "rocky", "alma")
_SYSTEMS = (
    ("alpine", "alpine"),
    ("ubuntu", "ubuntu"),
    ("debian", "debian"),
    *((word, "redhat") for word in _RPM),
)


@dataclass(frozen=True, slots=True)
class VulnerablePackage:
    """The parts of a package that both spellings of Inspector have."""

    name: str
    version: str
    release: str
    epoch: str
    manager: str
    fixed: str
    path: str


def package_of(part: VulnerablePackage, platform: str) -> Package:
    """Give the package; `platform` (DEBIAN_11, AMAZON_LINUX_2) tells the kind of a system's packages."""
    fixed = plain_version(part.fixed)
    version = f"{part.version}-{part.release}" if part.release else part.version
    epoch = part.epoch if part.epoch not in {"", "0"} else ""
    manager = part.manager.lower()
    is_system = manager in {"", "os"}
    return package_named(
        part.name,
        f"{epoch}:{version}" if epoch and version else version,
        ecosystem=_system(platform) if is_system else _MANAGERS.get(manager, manager),
        fixed_versions=(fixed,) if fixed else (),
        path="" if is_system else part.path,
    )


def plain_version(version: str) -> str:
    """Give a version without the epoch that means none; empty for the words that mean no version."""
    return "" if version.lower() in _NO_VERSION else version.removeprefix("0:")


def _system(platform: str) -> str:
    word = platform.lower()
    return next((kind for start, kind in _SYSTEMS if word.startswith(start)), "")


def image_name(arn: str, tag: str) -> str:
    """Give the name under which an image of ECR is pulled; empty for every other ARN.

    Other scanners name it so, and it stays the same when the next build has another digest.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[2] != "ecr" or not parts[5].startswith("repository/"):
        return ""
    repository, _, digest = parts[5].removeprefix("repository/").partition("/sha256:")
    host = f"{parts[4]}.dkr.ecr.{parts[3]}.amazonaws.com"
    version = f":{tag}" if tag else (f"@sha256:{digest}" if digest else "")
    return f"{host}/{repository}{version}"

"""Package URLs and the many names of ecosystems, to one shape of package.

**source** https://github.com/package-url/purl-spec (types and the place of the namespace).
"""

import re
from functools import lru_cache

from packageurl import PackageURL

from tesuri.model.observation import Package, new_package

# What scanners call it → purl type. From: the documentation of Trivy (types of results) and of Syft (package types).
_TYPES = {
    "npm": "npm yarn pnpm bun node-pkg nodejs node javascript js",
    "pypi": "pypi pip pipenv poetry uv python-pkg python",
    "maven": "maven jar pom gradle sbt java java-archive gradle-lockfile jenkins-plugin",
    "golang": "golang go gomod gobinary go-module",
    "cargo": "cargo rust rustbinary rust-crate rust-binary crates.io",
    "nuget": "nuget dotnet dotnet-core packages-props",
    "gem": "gem bundler gemspec ruby rubygems",
    "composer": "composer composer-vendor php php-composer packagist",
    "conan": "conan",
    "swift": "swift",
    "cocoapods": "cocoapods pod",
    "hex": "hex mix",
    "pub": "pub dart dart-pub",
    "conda": "conda conda-pkg conda-environment",
    "deb": "deb debian ubuntu echo",
    "apk": "apk alpine wolfi chainguard minimos",
    "rpm": (
        "rpm redhat centos rocky alma almalinux amazon oracle oraclelinux fedora photon cbl-mariner azurelinux"
        " suse opensuse opensuse-leap opensuse-tumbleweed opensuse.leap opensuse.tumbleweed sles"
    ),
    "alpm": "alpm arch",
    "github": "github github-action github-actions",
    "generic": "generic binary",
}
_PURL_TYPE = {word: kind for kind, words in _TYPES.items() for word in words.split()}
_SYSTEM_TYPES = frozenset({"deb", "apk", "rpm", "alpm"})
_WORD = r"[A-Za-z0-9._~+-]+"
_QUALIFIER = r"[A-Za-z][A-Za-z0-9._-]*=[A-Za-z0-9._~%:/+-]*"
_USUAL = re.compile(
    r"pkg:(cargo|deb|gem|golang|maven|npm|nuget|pypi|rpm)/"
    rf"((?:{_WORD}/)*)({_WORD})(?:@({_WORD}))?(?:\?{_QUALIFIER}(?:&{_QUALIFIER})*)?"
)
"""The types and spellings of nearly all reports, for which the library's rules are those of `_usual`."""
_SEPARATORS = {"maven": ":", "npm": "/", "golang": "/", "composer": "/"}


def package_type(word: str) -> str:
    """Give the purl type that a scanner's word for an ecosystem means; empty when nobody knows it."""
    return _PURL_TYPE.get(word.strip().lower(), "")


def is_system_type(word: str) -> bool:
    """Whether a scanner's word names an operating system's packages."""
    return package_type(word) in _SYSTEM_TYPES


def is_system_package(package: Package) -> bool:
    """Whether an operating system's package manager put it there."""
    return package.ecosystem in _SYSTEM_TYPES


def package_named(
    name: str,
    version: str = "",
    *,
    ecosystem: str = "",
    namespace: str = "",
    fixed_versions: tuple[str, ...] = (),
    path: str = "",
) -> Package:
    """Give the package that a name in its ecosystem's own spelling means.

    `ecosystem` is a scanner's word; the namespace is split off the name where the ecosystem writes it there.
    """
    kind = package_type(ecosystem)
    separator = _SEPARATORS.get(kind, "")
    if separator and not namespace and separator in name:
        namespace, _, name = name.rpartition(separator)
    if kind == "pypi":
        name = name.lower().replace("_", "-")
    return new_package(name, version, kind, namespace, fixed_versions, path)


def package_from_purl(
    purl: str, version: str = "", *, fixed_versions: tuple[str, ...] = (), path: str = ""
) -> Package | None:
    """Give the package that a package URL names; None when it is none.

    `version` as the report writes it wins over the one in the URL.
    """
    parsed = _parsed(purl)
    if parsed is None:
        return None
    kind, namespace, name, own_version = parsed
    return new_package(name, version or own_version, kind, namespace, fixed_versions, path)


@lru_cache(maxsize=4096)  # A report names a package once for each of its vulnerabilities.
def _parsed(purl: str) -> tuple[str, str, str, str] | None:
    """Give type, namespace, name and version."""
    if usual := _USUAL.fullmatch(purl):
        return _usual(*usual.groups(default=""))
    try:
        parsed = PackageURL.from_string(purl)
    except ValueError:
        return None
    return parsed.type, parsed.namespace or "", parsed.name, parsed.version or ""


def _usual(kind: str, namespace: str, name: str, version: str) -> tuple[str, str, str, str]:
    """Give the parts as the library gives them for these types: a test compares the two."""
    namespace = namespace[:-1]
    if kind == "pypi":
        return kind, namespace.lower(), name.lower().replace("_", "-"), version
    return kind, namespace, name.lower() if kind == "npm" else name, version

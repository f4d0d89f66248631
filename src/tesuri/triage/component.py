"""Names of packages brought to one spelling, so that two tools mean the same component.

Version, epoch, architecture and distribution never take part: they change while the finding stays.
See `triage.fingerprint` for what is made of it.
"""

import re
from functools import lru_cache

from tesuri.model.observation import Package

# What tools call an ecosystem → purl type. Distributions mean their package format.
_ECOSYSTEMS = {
    "npm": (
        "npm nodejs node node-pkg node.js javascript js yarn pnpm bun npmjs "
        "javascript-npm package-lock nodejs-pkg"
    ),
    "pypi": (
        "pypi pip python python-pkg pipenv poetry uv pip-requirements conda-pkg wheel egg "
        "python-package-index pylock"
    ),
    "golang": "golang go go-module gomod gobinary go-mod gomodules go-module-binary",
    "maven": "maven java java-archive jar pom gradle war ear jenkins-plugin sbt java-maven ivy",
    "gem": "gem ruby rubygems bundler gemspec ruby-gem rubygem",
    "cargo": "cargo rust rust-crate crates.io crates rustbinary rust-binary crate",
    "composer": "composer php php-composer packagist php-pecl composer-vendor",
    "nuget": "nuget dotnet dotnet-core .net dotnet-deps packages-props csharp",
    "deb": "deb debian ubuntu dpkg linuxmint distroless echo",
    "apk": "apk alpine apkg wolfi chainguard minimos",
    "rpm": (
        "rpm redhat rhel centos fedora rocky alma almalinux oracle amazon amzn suse sles opensuse "
        "photon cbl-mariner azurelinux mariner opensuse-leap opensuse-tumbleweed suse-linux-enterprise "
        "red-hat oraclelinux rocky-linux amazon-linux opensuse.leap amazonlinux"
    ),
    "hex": "hex mix elixir erlang mix-lock",
    "pub": "pub dart flutter dart-pub",
    "swift": "swift swiftpm swifturl",
    "cocoapods": "cocoapods pod",
    "conan": "conan c c++ cpp",
    "github": "github github-actions actions github-action githubactions",
    "generic": "generic binary bitnami",
}
_TYPE_OF = {word: purl_type for purl_type, words in _ECOSYSTEMS.items() for word in words.split()}
_DISTRIBUTION_TYPES = frozenset({"deb", "apk", "rpm"})
_WITHOUT_NAMESPACE = _DISTRIBUTION_TYPES | {"generic"}


@lru_cache(maxsize=1024)
def ecosystem_of(word: str) -> str:
    """Bring a tool's word for an ecosystem to its purl type; an unknown word stays, lower case."""
    plain = re.sub(r"[\s_]+", "-", word.strip().lower())
    family = re.split("[:-]", plain, maxsplit=1)[0]
    if plain in _TYPE_OF:
        return _TYPE_OF[plain]
    if ":" in plain or _TYPE_OF.get(family) in _DISTRIBUTION_TYPES:
        return _TYPE_OF.get(plain.split(":", 1)[0]) or _TYPE_OF.get(family, plain)
    return plain


def component_of(package: Package) -> str:
    """Give the version-less name of a package: `pypi/django`, `maven/org.apache/commons`, `deb/libc6`.

    Like a purl without version, qualifiers and distribution namespace, and in lower case throughout.
    """
    return _component(package.ecosystem, package.namespace, package.name)


@lru_cache(maxsize=16_384)  # A report names a package again for each of its advisories.
def _component(ecosystem: str, namespace: str, name: str) -> str:
    purl_type = ecosystem_of(ecosystem)
    name = name.strip().lower()
    namespace = namespace.strip().lower().strip("/")
    if purl_type == "maven":
        name = name.replace(":", "/")
        namespace = namespace.replace(":", "/")
    if purl_type in _WITHOUT_NAMESPACE:
        namespace = ""
    elif namespace and not name.startswith(f"{namespace}/"):
        name = f"{namespace}/{name}"
    if purl_type == "npm":
        name = name.replace("%40", "@")
    if purl_type == "pypi":
        # From: https://peps.python.org/pep-0503/#normalized-names
        name = re.sub(r"[-_.]+", "-", name)
    return f"{purl_type}/{name}"

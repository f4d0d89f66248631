"""One vulnerable package of an image, as Anchore lists it; its API and its command line spell the keys differently."""

import re
from collections.abc import Iterator, Mapping

from tesuri.model.observation import (
    Cvss,
    Kind,
    Package,
    Record,
    Skipped,
    new_observation,
    new_package,
    new_place,
)
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.fix import update_sentence, versions_listed, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import is_system_package, package_named
from tesuri.untrusted.score import best_cvss, cvss_from, severity_or_rating
from tesuri.untrusted.shape import (
    at,
    flag,
    items,
    join_pointer,
    mapping,
    number,
    shape_name,
    text,
    texts,
)

_UPPER = re.compile("([A-Z])")
_BEFORE_NUMBER = re.compile(r"-(?=\d)")
# Anchore's words for types of packages that nobody else uses.
_TYPES = {"dpkg": "deb", "apkg": "apk", "java": "maven", "python": "pypi", "gem": "gem", "kb": ""}
SIGNS = frozenset({"vuln", "package", "severity", "feed", "package_name", "package_version"})
"""Keys of an entry in the API's spelling that make it unmistakable."""


def spelled(entry: object) -> Mapping[str, object]:
    """Give an entry in the spelling of the API: packageName is package_name."""
    return {_UPPER.sub(r"_\1", key).lower(): value for key, value in mapping(entry).items()}


def is_camel(entry: object) -> bool:
    """Whether an entry is in the spelling of the command line."""
    return bool(mapping(entry).keys() & {"packageName", "packageVersion", "feedGroup"})


def records(entries: list[object], pointer: str) -> Iterator[Record]:
    """Give the record of each entry of the list at the pointer."""
    for index, entry in enumerate(entries):
        here = join_pointer(pointer, index)
        if isinstance(entry, dict):
            yield _record(spelled(entry), here)
        else:
            yield Skipped(here, f"the record is {shape_name(entry)}, not a mapping")


def _record(entry: Mapping[str, object], pointer: str) -> Record:
    name = text(entry, "vuln") or text(entry, "vulnerability_id")
    fixes = versions_listed(text(entry, "fix") or text(entry, "fix_available"))
    package = _package(entry, fixes)
    if not name or not package.name:
        return Skipped(pointer, "the record names no vulnerability or no package")
    has_known_fix = "fix" in entry or "fix_available" in entry
    nvd = [mapping(part) for part in items(entry, "nvd_data")]
    vendor = [mapping(part) for part in items(entry, "vendor_data")]
    cvss = _cvss([*nvd, *vendor]) or cvss_from("", number(entry, "nvd_cvss_base_score"))
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=f"{name} in {package.name} {package.version}".rstrip(),
        severity=severity_or_rating(text(entry, "severity"), cvss),
        pointer=pointer,
        description=text(entry, "description"),
        remedy=update_sentence(package.name, fixes),
        advisories=aliases_of(name, text(entry, "cves"), *(text(part, "id") for part in nvd)),
        package=package,
        place=new_place(path=package.path),
        cvss=cvss,
        has_fix=_has_fix(entry, fixes) if has_known_fix else None,
        first_seen_at=instant(entry.get("detected_at")),
        fix_available_at=instant(entry.get("fix_observed_at")) if fixes else None,
        links=web_links((*texts(entry, "url"), *texts(entry, "link"))),
    )


def _has_fix(entry: Mapping[str, object], fixes: tuple[str, ...]) -> bool:
    return bool(fixes) and flag(entry, "will_not_fix") is not True


def _package(entry: Mapping[str, object], fixes: tuple[str, ...]) -> Package:
    kind = text(entry, "package_type").lower()
    whole = text(entry, "package")
    version = text(entry, "package_version") or _version_in(whole, kind)
    name = text(entry, "package_name") or whole.removesuffix(f"-{version}")
    path = text(entry, "package_path") or text(entry, "path")
    package = package_named(
        name,
        version,
        ecosystem=_TYPES.get(kind, kind),
        fixed_versions=fixes,
        path="" if path.lower() in {"none", "pkgdb"} else path,
    )
    if not is_system_package(package):
        return package
    distribution = text(entry, "feed_group").partition(":")[0]
    return new_package(name, version, package.ecosystem, distribution.lower(), fixes)


def _version_in(whole: str, kind: str) -> str:
    """Give the version in `openssl-1:1.1.1k-14.el8` or `log4j-1.2-api-2.17.1`: only systems' versions have dashes."""
    dashes = [found.end() for found in _BEFORE_NUMBER.finditer(whole)]
    if not dashes:
        return ""
    return whole[dashes[0] if kind in {"rpm", "dpkg", "apkg", "deb", "apk"} else dashes[-1] :]


def _cvss(parts: list[Mapping[str, object]]) -> Cvss | None:
    return best_cvss(
        # Anchore writes -1 where it knows no score, which is outside the scale.
        cvss_from(
            text(part, key, "vector_string"),
            number(part, key, "base_score"),
        )
        if at(part, key, "base_score") != -1
        else None
        for part in parts
        for key in ("cvss_v3", "cvss_v2")
    )

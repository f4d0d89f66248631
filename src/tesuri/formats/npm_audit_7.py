"""The JSON report of `npm audit` since npm 7: one entry for each vulnerable package.

npm counts packages: an entry is one finding, named after its worst advisory with the others in its description. An
entry without an advisory of its own is vulnerable through the packages that it depends on, and says so.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Kind,
    Observation,
    Package,
    Record,
    Report,
    Skipped,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import advisories_in, aliases_of, weaknesses_listed
from tesuri.untrusted.fix import update_sentence, web_links
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.score import cvss_from
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
    whole,
)


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    vulnerabilities = root.get("vulnerabilities")
    if not isinstance(vulnerabilities, dict):
        return Likeness(0)
    if whole(root, "auditReportVersion"):
        return Likeness(100, ("auditReportVersion", "a mapping `vulnerabilities`"))
    first = next(iter(vulnerabilities.values()), None)
    if {"via", "effects", "nodes"} <= mapping(first).keys():
        return Likeness(85, ("vulnerabilities of via, effects and nodes",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    vulnerabilities = root.get("vulnerabilities")
    if not isinstance(vulnerabilities, dict):
        found = shape_name(vulnerabilities)
        raise BadInput(
            f"An npm audit report has a mapping `vulnerabilities`, not {found}.",
            where="/vulnerabilities",
        )
    return Report(
        format="npm-audit-7",
        version=text(root, "auditReportVersion"),
        tool="npm-audit",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(vulnerabilities),
    )


def _records(vulnerabilities: Mapping[str, object]) -> Iterator[Record]:
    for key, entry in vulnerabilities.items():
        yield _entry(entry, key, join_pointer("/vulnerabilities", key))


def _entry(entry: object, key: str, pointer: str) -> Record:
    name = text(entry, "name") or key
    if not isinstance(entry, dict) or not name:
        return Skipped(pointer, f"the entry is {shape_name(entry)}, not a vulnerable package")
    own: list[object] = [part for part in items(entry, "via") if _rule(part)]
    through = [part for part in texts(entry, "via") if part]
    if not own and not through:
        return Skipped(pointer, "the entry says neither an advisory nor a dependency as its cause")
    if not own:
        return _inherited(entry, name, through, pointer)
    own.sort(key=lambda part: (severity_from_word(text(part, "severity")).rank, _rule(part)))
    return _advised(entry, name, own, pointer)


def _advised(
    entry: Mapping[str, object], name: str, own: list[object], pointer: str
) -> Observation:
    worst = own[0]
    rule = _rule(worst)
    lines = [f"{_rule(part)}: {text(part, 'title')} ({text(part, 'range')})" for part in own]
    package = _package(entry, name)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=text(worst, "title") or f"{rule} in {name}",
        severity=severity_from_word(text(entry, "severity") or text(worst, "severity")),
        pointer=pointer,
        description="\n".join(lines),
        remedy=_remedy(entry, name),
        advisories=aliases_of(rule, text(worst, "url")),
        weaknesses=weaknesses_listed(*texts(worst, "cwe")),
        package=package,
        place=new_place(path=package.path),
        cvss=_cvss(worst),
        has_fix=_has_fix(entry),
        links=web_links(text(part, "url") for part in own),
    )


def _inherited(
    entry: Mapping[str, object], name: str, through: list[str], pointer: str
) -> Observation:
    causes = ", ".join(sorted(set(through)))
    package = _package(entry, name)
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule="npm:depends-on-vulnerable",
        title=f"{name} depends on vulnerable versions of {causes}",
        severity=severity_from_word(text(entry, "severity")),
        pointer=pointer,
        remedy=_remedy(entry, name),
        package=package,
        place=new_place(path=package.path),
        has_fix=_has_fix(entry),
    )


def _rule(via: object) -> str:
    named = advisories_in(text(via, "url"))
    number_or_title = text(via, "source") or text(via, "title")
    return named[0] if named else f"npm:{number_or_title}" if number_or_title else ""


def _cvss(via: object) -> Cvss | None:
    # npm writes 0 and null where it knows no score.
    return cvss_from(text(via, "cvss", "vectorString"), number(via, "cvss", "score") or None)


def _package(entry: Mapping[str, object], name: str) -> Package:
    """Give the package; npm tells the vulnerable range, never the installed version."""
    fix = at(entry, "fixAvailable")
    fixes = texts(fix, "version") if text(fix, "name") == name else ()
    return package_named(name, ecosystem="npm", fixed_versions=fixes, path=text(entry, "nodes", 0))


def _remedy(entry: Mapping[str, object], name: str) -> str:
    fix = at(entry, "fixAvailable")
    if text(fix, "name"):
        major = " This is a breaking change." if flag(fix, "isSemVerMajor") else ""
        return update_sentence(text(fix, "name"), texts(fix, "version")) + major
    return f"Update {name}: `npm audit fix` does it." if flag(fix) else ""


def _has_fix(entry: Mapping[str, object]) -> bool | None:
    fix = at(entry, "fixAvailable")
    return True if isinstance(fix, dict) and fix else flag(fix)


FORMAT = Format(
    name="npm-audit-7",
    title="npm audit JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

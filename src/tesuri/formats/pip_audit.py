"""pip-audit's JSON report: Python dependencies with their advisories.

Versions from 2.0 on write a mapping with `dependencies`, older ones the bare list. A dependency that pip-audit could
not look up is skipped with its reason, never counted as clean; what `--fix` did is no finding.
"""

from collections.abc import Iterator

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Package,
    Record,
    Report,
    Skipped,
    new_observation,
    new_package,
)
from tesuri.model.severity import Severity
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.fix import update_sentence
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text, texts


def _dependencies(document: object) -> object:
    return document if isinstance(document, list) else mapping(document).get("dependencies")


def _is_dependency(entry: object) -> bool:
    keys = mapping(entry).keys()
    return "name" in keys and (
        "skip_reason" in keys or ("version" in keys and isinstance(at(entry, "vulns"), list))
    )


def _recognise(document: object) -> Likeness:
    entries = items(_dependencies(document))[:20]
    if entries and all(_is_dependency(entry) for entry in entries):
        return Likeness(90, ("dependencies of name, version and vulns",))
    if any(_is_dependency(entry) for entry in entries):
        return Likeness(70, ("some dependencies of name, version and vulns",))
    is_empty = mapping(document).keys() == {"dependencies", "fixes"}
    return Likeness(60 if is_empty and entries == [] else 0, ("dependencies", "fixes"))


def _read(document: object) -> Report:
    dependencies = _dependencies(document)
    if not isinstance(dependencies, list):
        found = shape_name(dependencies)
        raise BadInput(
            f"A pip-audit report has a list `dependencies`, not {found}.", where="/dependencies"
        )
    return Report(
        format="pip-audit",
        version="",
        tool="pip-audit",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(dependencies, "" if isinstance(document, list) else "/dependencies"),
    )


def _records(dependencies: list[object], pointer: str) -> Iterator[Record]:
    for index, entry in enumerate(dependencies):
        here = join_pointer(pointer, index)
        name = text(entry, "name")
        if not isinstance(entry, dict) or not name:
            yield Skipped(here, "the dependency has no name")
        elif "skip_reason" in entry:
            yield Skipped(here, text(entry, "skip_reason") or "pip-audit skipped it")
        elif not isinstance(entry.get("vulns"), list):
            yield Skipped(here, f"vulns is {shape_name(entry.get('vulns'))}, not a list")
        elif not entry["vulns"]:
            yield Informational(here, "no known vulnerability")
        else:
            package = package_named(name, text(entry, "version"), ecosystem="pypi")
            for number, found in enumerate(items(entry, "vulns")):
                yield _vulnerability(found, join_pointer(here, "vulns", number), package)


def _vulnerability(entry: object, pointer: str, package: Package) -> Record:
    name = text(entry, "id")
    if not name:
        return Skipped(pointer, "the record names no advisory")
    fixes = texts(entry, "fix_versions")
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=f"{name} in {package.name} {package.version}".rstrip(),
        # pip-audit reports no severity at all.
        severity=Severity.UNKNOWN,
        pointer=pointer,
        description=text(entry, "description"),
        remedy=update_sentence(package.name, fixes),
        advisories=aliases_of(name, *texts(entry, "aliases")),
        package=new_package(package.name, package.version, package.ecosystem, fixed_versions=fixes),
        has_fix=bool(fixes) if isinstance(at(entry, "fix_versions"), list) else None,
    )


FORMAT = Format(
    name="pip-audit",
    title="pip-audit JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

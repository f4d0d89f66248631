"""CSAF 2.0 and 2.1: a vendor's security advisory or VEX.

Its products are the vendor's versions, not assets of ours: each vulnerability is one finding with the affected products
in its description, and is suppressed where all stated products are fixed or not affected. An advisory is no scan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Cvss,
    Kind,
    Package,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_package,
)
from tesuri.model.severity import Severity, severity_from_score, severity_from_word
from tesuri.untrusted.advisory import aliases_of, weaknesses_in
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_from_purl
from tesuri.untrusted.score import best_cvss, cvss_from
from tesuri.untrusted.shape import (
    at,
    items,
    join_pointer,
    mapping,
    number,
    shape_name,
    text,
    texts,
)

_OPEN = ("known_affected", "first_affected", "last_affected", "under_investigation")
_SETTLED = ("fixed", "first_fixed", "known_not_affected")
_MAX_PRODUCTS = 20

_Products = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class _Advisory:
    """What the document says for those of its vulnerabilities that do not say it themselves."""

    id: str
    title: str
    severity: str


def _recognise(document: object) -> Likeness:
    about = mapping(document, "document")
    if text(about, "csaf_version"):
        return Likeness(100, ("document.csaf_version",))
    is_alike = {"tracking", "publisher"} <= about.keys() and text(about, "category")
    return Likeness(60 if is_alike else 0, ("document.tracking", "document.publisher"))


def _read(document: object) -> Report:
    root = mapping(document)
    about = root.get("document")
    if not isinstance(about, dict):
        raise BadInput(
            f"A CSAF document has a mapping `document`, not {shape_name(about)}.", where="/document"
        )
    tracking = mapping(about, "tracking")
    advisory = _Advisory(
        id=text(tracking, "id"),
        title=text(about, "title"),
        severity=text(about, "aggregate_severity", "text"),
    )
    return Report(
        format="csaf",
        version=text(about, "csaf_version"),
        tool="csaf",
        tool_version=text(tracking, "generator", "engine", "version"),
        target=text(about, "publisher", "name"),
        configuration=text(tracking, "id"),
        scanned_at=instant(tracking.get("current_release_date")),
        records=_records(root, _products(root), advisory),
        is_complete=False,
    )


def _products(root: Mapping[str, object]) -> _Products:
    """Give every product of the tree by its id, with its name and helper for identification."""
    tree = mapping(root, "product_tree")
    found = [*items(tree, "full_product_names")]
    found += [at(entry, "full_product_name") for entry in items(tree, "relationships")]
    waiting = list(items(tree, "branches"))
    while waiting:
        branch = waiting.pop()
        waiting += items(branch, "branches")
        found.append(at(branch, "product"))
    return {text(entry, "product_id"): mapping(entry) for entry in found if isinstance(entry, dict)}


def _records(
    root: Mapping[str, object], products: _Products, document: _Advisory
) -> Iterator[Record]:
    found = root.get("vulnerabilities")
    if found is not None and not isinstance(found, list):
        yield Skipped("/vulnerabilities", f"vulnerabilities is {shape_name(found)}, not a list")
    unnamed = 0
    for index, entry in enumerate(items(found)):
        pointer = join_pointer("/vulnerabilities", index)
        if not isinstance(entry, dict) or not entry:
            yield Skipped(pointer, f"the vulnerability is {shape_name(entry)} without content")
            continue
        about = document
        if not _name_of(entry) and not text(entry, "title"):
            unnamed += 1
            # One that only its advisory names keeps that name, the others are told apart by their place among these.
            about = document if unnamed == 1 else replace(document, id=f"{document.id}/{unnamed}")
        yield _vulnerability(entry, pointer, products, about)


def _vulnerability(
    entry: Mapping[str, object], pointer: str, products: _Products, document: _Advisory
) -> Record:
    ids = [text(part, "text") for part in items(entry, "ids")]
    name = _name_of(entry)
    # One without a name of its own goes by its advisory's.
    title = text(entry, "title") or name or document.title
    if not title:
        return Skipped(pointer, "the vulnerability has neither an id nor a title")
    cvss = _cvss(entry)
    fixes = [
        part for part in items(entry, "remediations") if text(part, "category") == "vendor_fix"
    ]
    observation = new_observation(
        kind=Kind.VULNERABILITY,
        rule=name or text(entry, "title") or document.id or title,
        title=title,
        severity=_severity(entry, cvss, document.severity),
        pointer=pointer,
        description=_description(entry, products),
        remedy="\n".join(text(part, "details") for part in fixes),
        advisories=aliases_of(name, *ids) if name else (),
        weaknesses=_weaknesses(entry),
        package=_package(entry, products),
        cvss=cvss,
        has_fix=True if fixes else None,
        published_at=instant(entry.get("disclosure_date")) or instant(entry.get("release_date")),
        links=web_links(text(part, "url") for part in items(entry, "references")),
    )
    settled = [key for key in _SETTLED if _ids(entry, key)]
    if settled and not any(_ids(entry, key) for key in _OPEN):
        return Suppressed(pointer, " and ".join(settled).replace("_", " "), observation)
    return observation


def _name_of(entry: Mapping[str, object]) -> str:
    ids = (text(part, "text") for part in items(entry, "ids"))
    return text(entry, "cve") or next((word for word in ids if word), "")


def _ids(entry: Mapping[str, object], *keys: str) -> list[str]:
    return [name for key in keys for name in texts(entry, "product_status", key)]


def _package(entry: Mapping[str, object], products: _Products) -> Package | None:
    """Give the one package that is affected; several versions of one package lose their version."""
    names = _ids(entry, *_OPEN) or _ids(entry, *_SETTLED)
    purls = [
        purl
        for name in names
        for helper in (mapping(products.get(name), "product_identification_helper"),)
        for purl in (*texts(helper, "purl"), *texts(helper, "purls"))
    ]
    packages = [found for purl in purls if (found := package_from_purl(purl)) is not None]
    kinds = {(found.ecosystem, found.namespace, found.name) for found in packages}
    if len(kinds) == 1:
        versions = {found.version for found in packages}
        return (
            packages[0]
            if len(versions) == 1
            else new_package(packages[0].name, "", packages[0].ecosystem, packages[0].namespace)
        )
    named = {text(products.get(name), "name") or name for name in names}
    return new_package(named.pop()) if len(named) == 1 else None


def _description(entry: Mapping[str, object], products: _Products) -> str:
    notes = {text(note, "category"): text(note, "text") for note in items(entry, "notes")}
    lines = [
        next((notes[key] for key in ("description", "summary", "details") if notes.get(key)), "")
    ]
    for key in _OPEN:
        names = [text(products.get(name), "name") or name for name in _ids(entry, key)]
        more = f" and {len(names) - _MAX_PRODUCTS} more" if len(names) > _MAX_PRODUCTS else ""
        if names:
            words = key.replace("_", " ").capitalize()
            lines.append(f"{words}: {', '.join(names[:_MAX_PRODUCTS])}{more}.")
    return "\n\n".join(line for line in lines if line)


def _cvss(entry: Mapping[str, object]) -> Cvss | None:
    contents = [*items(entry, "scores"), *(at(part, "content") for part in items(entry, "metrics"))]
    return best_cvss(
        cvss_from(text(part, key, "vectorString"), number(part, key, "baseScore"))
        for part in contents
        for key in ("cvss_v4", "cvss_v3", "cvss_v2")
    )


def _severity(entry: Mapping[str, object], cvss: Cvss | None, document: str) -> Severity:
    """Give the vendor's own word for the vulnerability, else its score, else the document's word."""
    impacts = (
        severity_from_word(text(threat, "details"))
        for threat in items(entry, "threats")
        if text(threat, "category") == "impact"
    )
    found = next((word for word in impacts if word is not Severity.UNKNOWN), None)
    if found is not None:
        return found
    return severity_from_score(cvss.score) if cvss else severity_from_word(document)


def _weaknesses(entry: Mapping[str, object]) -> tuple[str, ...]:
    listed = [at(entry, "cwe"), *items(entry, "cwes")]
    return weaknesses_in(*(text(cwe, "id") for cwe in listed))


FORMAT = Format(
    name="csaf",
    title="CSAF",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

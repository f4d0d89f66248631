"""OpenVEX: what a supplier states about products and vulnerabilities.

A statement that a product is affected or under investigation is a finding for each product, not affected and fixed
ones are suppressed. A VEX document is no scan, so it counts as incomplete: what it leaves out proves nothing.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Package,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_package,
)
from tesuri.model.severity import Severity
from tesuri.untrusted.advisory import aliases_of
from tesuri.untrusted.fix import web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_from_purl
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text, texts

_OPEN = frozenset({"affected", "under_investigation"})
_SETTLED = frozenset({"not_affected", "fixed"})


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if not isinstance(root.get("statements"), list):
        return Likeness(0)
    contexts = texts(root, "@context")
    if any("openvex" in context.lower() for context in contexts):
        return Likeness(100, ("@context of OpenVEX", "statements"))
    first = mapping(root, "statements", 0)
    is_alike = {"vulnerability", "status"} <= first.keys()
    return Likeness(75 if is_alike else 0, ("statements of vulnerability and status",))


def _read(document: object) -> Report:
    root = mapping(document)
    statements = root.get("statements")
    if not isinstance(statements, list):
        found = shape_name(statements)
        raise BadInput(
            f"An OpenVEX document has a list `statements`, not {found}.", where="/statements"
        )
    return Report(
        format="openvex",
        version=text(root, "@context").partition("/ns/v")[2],
        tool="openvex",
        tool_version=text(root, "tooling"),
        target="",
        # Two authors state different things: one never speaks for the other.
        configuration=text(root, "author"),
        scanned_at=instant(at(root, "last_updated")) or instant(at(root, "timestamp")),
        records=_records(statements),
        is_complete=False,
    )


def _records(statements: list[object]) -> Iterator[Record]:
    for index, entry in enumerate(statements):
        pointer = join_pointer("/statements", index)
        status = text(entry, "status").lower()
        statement = mapping(entry)
        if not _names(statement)[0]:
            yield Skipped(pointer, "the statement names no vulnerability")
        elif status not in _OPEN | _SETTLED:
            yield Skipped(pointer, f"the status {status[:40]!r} is not one of OpenVEX")
        else:
            yield from _for_products(statement, status, pointer)


def _for_products(statement: Mapping[str, object], status: str, pointer: str) -> Iterator[Record]:
    products = items(statement, "products")
    if not products:
        yield _stated(statement, status, None, "", pointer)
    for index, product in enumerate(products):
        here = pointer if len(products) == 1 else join_pointer(pointer, "products", index)
        name = _product_name(product)
        if not name:
            yield Skipped(here, "the product has no name")
            continue
        inner = items(product, "subcomponents")
        parts = [_product_name(part) for part in inner] or [name]
        target = name if inner else ""
        for place, part in enumerate(parts):
            below = join_pointer(here, "subcomponents", place) if len(parts) > 1 else here
            package = package_from_purl(part) or new_package(part)
            if part:
                yield _stated(statement, status, package, target, below)
            else:
                yield Skipped(below, "the subcomponent has no name")


def _stated(
    statement: Mapping[str, object],
    status: str,
    package: Package | None,
    target: str,
    pointer: str,
) -> Record:
    name, aliases = _names(statement)
    keys = ("status_notes", "impact_statement", "action_statement")
    observation = new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=f"{name} in {package.name}" if package else name,
        # OpenVEX knows no severity: it comes from another report of the same vulnerability.
        severity=Severity.UNKNOWN,
        pointer=pointer,
        description=text(statement, "vulnerability", "description")
        or text(statement, "status_notes"),
        remedy=text(statement, "action_statement"),
        advisories=aliases_of(name, *aliases),
        package=package,
        target=target,
        first_seen_at=instant(at(statement, "timestamp")),
        links=web_links((text(statement, "vulnerability", "@id"),)),
    )
    if status in _OPEN:
        return observation
    words = (status, text(statement, "justification"), *(text(statement, key) for key in keys))
    return Suppressed(
        pointer, ": ".join(word.replace("_", " ") for word in words if word), observation
    )


def _names(statement: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    """Give the name of the vulnerability and its aliases; before 0.2 it was a bare text."""
    vulnerability = statement.get("vulnerability")
    name = text(vulnerability, "name") or text(vulnerability)
    name = name or text(vulnerability, "@id").rstrip("/").rpartition("/")[2]
    return name, texts(vulnerability, "aliases")


def _product_name(product: object) -> str:
    return (
        text(product, "identifiers", "purl")
        or text(product, "@id")
        or text(product, "identifiers", "cpe23")
        or text(product)
    )


FORMAT = Format(
    name="openvex",
    title="OpenVEX",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

"""The reports of clair-scanner (a list against Clair 2) and of Clair 4 itself (tables that refer to each other).

clair-scanner lists as unapproved what is neither on its whitelist nor below its threshold. A vulnerability that is
missing there although a milder one is listed was approved, and is suppressed; the others stay findings.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.clair.layer import layer_of, layer_records
from tesuri.formats.clair.record import Keys, clair_record
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Observation, Record, Report, Skipped, Suppressed
from tesuri.untrusted.shape import items, join_pointer, mapping, shape_name, text, texts

_SCANNER = Keys(
    name="vulnerability",
    feature="featurename",
    version="featureversion",
    distribution="namespace",
    description="description",
    link="link",
    severity="severity",
    fix="fixedby",
)
_CLAIR_4 = Keys(
    name="name",
    feature="package",
    version="version",
    distribution="distribution",
    description="description",
    link="links",
    severity="normalized_severity",
    fix="fixed_in_version",
    issued="issued",
)
# Worst first, as clair-scanner compares them with its threshold.
_ORDER = ("defcon1", "critical", "high", "medium", "low", "negligible", "unknown")


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if isinstance(root.get("package_vulnerabilities"), dict) and "manifest_hash" in root:
        return Likeness(100, ("manifest_hash", "package_vulnerabilities"))
    if layer_of(root):
        return Likeness(90, ("Layer with Features",))
    found = root.get("vulnerabilities")
    if not isinstance(found, (list, type(None))):
        return Likeness(0)
    if {"featurename", "featureversion"} <= mapping(root, "vulnerabilities", 0).keys():
        return Likeness(95, ("vulnerabilities of featurename and featureversion",))
    is_named = {"image", "unapproved", "vulnerabilities"} <= root.keys()
    return Likeness(85 if is_named else 0, ("image", "unapproved", "vulnerabilities"))


def _read(document: object) -> Report:
    root = mapping(document)
    if layer := layer_of(root):
        return _layer_report(layer, "/Layer" if "Layer" in root else "/data/Layer")
    is_new = "package_vulnerabilities" in root
    found = root.get("vulnerabilities")
    if not isinstance(found, (list, dict, type(None))) or (found is None and not root):
        raise BadInput(
            f"A Clair report holds `vulnerabilities`, not {shape_name(found)}.",
            where="/vulnerabilities",
        )
    return Report(
        format="clair",
        version="4" if is_new else "",
        tool="clair",
        tool_version="",
        target=text(root, "manifest_hash") if is_new else text(root, "image"),
        configuration="",
        scanned_at=None,
        records=_tables(root) if is_new else _list(root),
    )


def _layer_report(layer: Mapping[str, object], pointer: str) -> Report:
    return Report(
        format="clair",
        version="2",
        tool="clair",
        tool_version="",
        target=text(layer, "Name"),
        configuration="",
        scanned_at=None,
        records=layer_records(layer, pointer),
    )


def _list(root: Mapping[str, object]) -> Iterator[Record]:
    found = root.get("vulnerabilities")
    if found is not None and not isinstance(found, list):
        yield Skipped("/vulnerabilities", f"vulnerabilities is {shape_name(found)}, not a list")
    unapproved = set(texts(root, "unapproved"))
    listed = [_rank(entry) for entry in items(found) if text(entry, "vulnerability") in unapproved]
    mildest = max(listed, default=-1)
    for index, entry in enumerate(items(found)):
        pointer = join_pointer("/vulnerabilities", index)
        record = clair_record(mapping(entry), pointer, _SCANNER)
        is_listed = text(entry, "vulnerability") in unapproved
        if isinstance(record, Observation) and not is_listed and _rank(entry) <= mildest:
            yield Suppressed(pointer, "approved in the whitelist of clair-scanner", record)
        else:
            yield record


def _rank(entry: object) -> int:
    word = text(entry, "severity").lower()
    return _ORDER.index(word) if word in _ORDER else len(_ORDER)


def _tables(root: Mapping[str, object]) -> Iterator[Record]:
    for package, names in mapping(root, "package_vulnerabilities").items():
        pointer = join_pointer("/package_vulnerabilities", package)
        if not isinstance(names, list):
            yield Skipped(pointer, f"the package has {shape_name(names)}, not a list")
        for index, name in enumerate(items(names)):
            yield _joined(root, package, text(name), join_pointer(pointer, index))


def _joined(root: Mapping[str, object], package: str, name: str, pointer: str) -> Record:
    """Put the package, its vulnerability and the distribution together, which stand in tables of their own."""
    entry = mapping(root, "vulnerabilities", name)
    if not entry:
        return Skipped(pointer, "the vulnerability is not in the report's table")
    found = mapping(root, "packages", package)
    distribution = mapping(entry, "distribution")
    joined = {
        **entry,
        "package": text(found, "name") or text(entry, "package", "name"),
        "version": text(found, "version"),
        "distribution": text(distribution, "did") or text(entry, "repository", "name"),
    }
    return clair_record(joined, pointer, _CLAIR_4)


FORMAT = Format(
    name="clair",
    title="Clair JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

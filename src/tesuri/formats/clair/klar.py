"""Klar's report of an image: vulnerabilities of Clair in a list for each severity."""

from collections.abc import Iterator, Mapping

from tesuri.formats.clair.record import Keys, clair_record
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Record, Report, Skipped
from tesuri.untrusted.shape import items, join_pointer, mapping, shape_name

_KEYS = Keys(
    name="Name",
    feature="FeatureName",
    version="FeatureVersion",
    distribution="NamespaceName",
    description="Description",
    link="Link",
    severity="Severity",
    fix="FixedBy",
)


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    found = root.get("Vulnerabilities")
    if "LayerCount" in root and isinstance(found, (dict, type(None))):
        return Likeness(95, ("LayerCount", "Vulnerabilities by severity"))
    lists = [mapping(entries, 0) for entries in mapping(found).values()]
    is_alike = any({"FeatureName", "NamespaceName"} <= first.keys() for first in lists)
    return Likeness(80 if is_alike else 0, ("Vulnerabilities of FeatureName and NamespaceName",))


def _read(document: object) -> Report:
    found = mapping(document).get("Vulnerabilities")
    if not isinstance(found, (dict, type(None))) or not isinstance(document, dict):
        raise BadInput(
            f"A Klar report has a mapping `Vulnerabilities`, not {shape_name(found)}.",
            where="/Vulnerabilities",
        )
    return Report(
        format="clair-klar",
        version="",
        tool="clair",
        tool_version="",
        target="",
        configuration="",
        scanned_at=None,
        records=_records(mapping(found)),
    )


def _records(found: Mapping[str, object]) -> Iterator[Record]:
    for severity, entries in found.items():
        pointer = join_pointer("/Vulnerabilities", severity)
        if entries is not None and not isinstance(entries, list):
            yield Skipped(pointer, f"{severity} is {shape_name(entries)}, not a list")
        for index, entry in enumerate(items(entries)):
            # The heading says it where the record does not.
            named = {"Severity": severity, **mapping(entry)}
            yield clair_record(named, join_pointer(pointer, index), _KEYS)


FORMAT = Format(
    name="clair-klar",
    title="Klar JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

"""AnchoreCTL's list of an image's vulnerabilities: the bare list, or a mapping with it, in camel case."""

from tesuri.formats.anchore.record import SIGNS, is_camel, records, spelled
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Report
from tesuri.untrusted.shape import items, mapping, shape_name, text


def _entries(document: object) -> object:
    return document if isinstance(document, list) else mapping(document).get("vulnerabilities")


def _recognise(document: object) -> Likeness:
    entries = items(_entries(document))[:20]
    known = [
        is_camel(entry) and "vuln" in mapping(entry) and len(spelled(entry).keys() & SIGNS) > 3
        for entry in entries
    ]
    if known and all(known):
        return Likeness(95, ("entries of vuln, packageName and feedGroup",))
    if any(known):
        return Likeness(70, ("some entries of vuln, packageName and feedGroup",))
    is_named = {"imageDigest", "vulnerabilityType"} <= mapping(document).keys()
    is_empty = is_named and _entries(document) == []
    return Likeness(90 if is_empty else 0, ("imageDigest", "vulnerabilityType"))


def _read(document: object) -> Report:
    found = _entries(document)
    if not isinstance(found, list):
        raise BadInput(
            f"An AnchoreCTL report has a list `vulnerabilities`, not {shape_name(found)}.",
            where="/vulnerabilities",
        )
    return Report(
        format="anchorectl",
        version="",
        tool="anchore",
        tool_version="",
        target=text(document, "imageDigest"),
        configuration="",
        scanned_at=None,
        records=records(found, "" if isinstance(document, list) else "/vulnerabilities"),
    )


FORMAT = Format(
    name="anchorectl",
    title="AnchoreCTL JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

"""Anchore Engine's and Enterprise's API reply for an image: a mapping with `vulnerabilities` in snake case."""

from tesuri.formats.anchore.record import SIGNS, records
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Report
from tesuri.untrusted.shape import items, mapping, shape_name, text


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if not isinstance(root.get("vulnerabilities"), list):
        return Likeness(0)
    first = mapping(root, "vulnerabilities", 0)
    if "vuln" in first and len(first.keys() & SIGNS) > 3:
        return Likeness(95, ("vulnerabilities of vuln, package_name and feed",))
    is_named = {"imageDigest", "vulnerability_type"} <= root.keys()
    return Likeness(90 if is_named and not first else 0, ("imageDigest", "vulnerability_type"))


def _read(document: object) -> Report:
    root = mapping(document)
    found = root.get("vulnerabilities")
    if not isinstance(found, list):
        raise BadInput(
            f"An Anchore report has a list `vulnerabilities`, not {shape_name(found)}.",
            where="/vulnerabilities",
        )
    kind = text(root, "vulnerability_type")
    return Report(
        format="anchore-engine",
        version="",
        tool="anchore",
        tool_version="",
        target=text(root, "imageDigest"),
        # A list of the system's packages alone proves nothing of the others.
        configuration="" if kind in {"", "all"} else f"type={kind}",
        scanned_at=None,
        records=records(items(found), "/vulnerabilities"),
    )


FORMAT = Format(
    name="anchore-engine",
    title="Anchore Engine JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

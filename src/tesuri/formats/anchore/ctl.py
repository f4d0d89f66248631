"""AnchoreCTL's list of an image's vulnerabilities: the bare list, or a mapping with it, in camel case.

Since AnchoreCTL 5.14 it is a `securityEvaluation` beside `metadata`, whose entries write name and version as one word.
What it says of an image under a policy is read in `policy`.
"""

from collections.abc import Mapping

from tesuri.formats.anchore.policy import is_evaluation, read_evaluation
from tesuri.formats.anchore.record import SIGNS, is_camel, records, spelled
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Report
from tesuri.untrusted.instant import instant
from tesuri.untrusted.shape import items, mapping, shape_name, text


def _entries(document: object) -> object:
    root = mapping(document)
    return document if isinstance(document, list) else root.get(_key(root))


def _key(root: Mapping[str, object]) -> str:
    return "securityEvaluation" if "securityEvaluation" in root else "vulnerabilities"


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if isinstance(root.get("securityEvaluation"), list):
        has_image = "imageDigest" in mapping(root, "metadata")
        return Likeness(95 if has_image else 60, ("securityEvaluation", "metadata.imageDigest"))
    if is_evaluation(document):
        return Likeness(90, ("evaluations of gates and triggers",))
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
    if is_evaluation(document):
        return read_evaluation(document)
    found = _entries(document)
    if not isinstance(found, list):
        raise BadInput(
            f"An AnchoreCTL report has a list `{_key(mapping(document))}`, not {shape_name(found)}.",
            where=f"/{_key(mapping(document))}",
        )
    about = mapping(document, "metadata")
    image = "/".join(part for part in (text(about, "registry"), text(about, "repository")) if part)
    return Report(
        format="anchorectl",
        version="",
        tool="anchore",
        tool_version="",
        target=f"{image}:{text(about, 'tag')}".rstrip(":") or text(document, "imageDigest"),
        configuration="",
        scanned_at=instant(about.get("timestamp")),
        records=records(found, "" if isinstance(document, list) else f"/{_key(mapping(document))}"),
    )


FORMAT = Format(
    name="anchorectl",
    title="AnchoreCTL JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

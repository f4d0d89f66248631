"""The answer of Clair 2 about an image's last layer, as its own API gives it and Quay hands it on.

**source** https://github.com/quay/clair/blob/release-2.1/Documentation/api_v1.md (GET /layers/:name, features and
vulnerabilities).
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.clair.record import Keys, clair_record
from tesuri.model.observation import Informational, Record, Skipped
from tesuri.untrusted.record_list import records_at
from tesuri.untrusted.shape import mapping, text

_KEYS = Keys(
    name="Name",
    feature="feature",
    version="version",
    distribution="NamespaceName",
    description="Description",
    link="Link",
    severity="Severity",
    fix="FixedBy",
)


def layer_of(root: Mapping[str, object]) -> Mapping[str, object]:
    """Give the layer, which Quay wraps in `data`; an empty one where there is none with features."""
    layer = mapping(root, "Layer") or mapping(root, "data", "Layer")
    return layer if isinstance(layer.get("Features"), list) else {}


def layer_records(layer: Mapping[str, object], pointer: str) -> Iterator[Record]:
    """Give each vulnerability of each package, and each package without one."""
    for feature in records_at(layer, "Features", pointer=pointer):
        if isinstance(feature, Skipped):
            yield feature
            continue
        records = list(_of_feature(feature.fields, feature.pointer))
        yield from records or [Informational(feature.pointer, "inventory: nothing known about it")]


def _of_feature(feature: Mapping[str, object], pointer: str) -> Iterator[Record]:
    about = {"feature": text(feature, "Name"), "version": text(feature, "Version")}
    for entry in records_at(feature, "Vulnerabilities", pointer=pointer):
        if isinstance(entry, Skipped):
            yield entry
        else:
            yield clair_record({**entry.fields, **about}, entry.pointer, _KEYS)

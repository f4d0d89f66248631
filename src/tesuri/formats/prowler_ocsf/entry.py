"""One record of an OCSF report: read straight into its type, or field by field where it has another shape."""

import re
from collections.abc import Mapping

import msgspec

from tesuri.untrusted.json_pieces import OTHER_SHAPE, Piece, value_of
from tesuri.untrusted.shape import flag, mapping, text, texts, whole

# From: https://schema.ocsf.io/1.4.0/categories/findings
CLASSES = frozenset({2001, 2003, 2004})
_Number = int | str | None
_TIMES = re.compile(rb'"(?:time|created_time)(?:_dt)?"\s*:\s*(?:"[^"\\]*"|\d+)')
"""When the check ran; of these no record is made."""


class Account(msgspec.Struct, frozen=True, gc=False):
    """The account that a record belongs to."""

    uid: str = ""


class Cloud(msgspec.Struct, frozen=True, gc=False):
    """Where the resource runs."""

    account: Account = Account()


class Feature(msgspec.Struct, frozen=True, gc=False):
    """The part of a product that reported."""

    uid: str = ""


class Product(msgspec.Struct, frozen=True, gc=False):
    """The tool."""

    feature: Feature = Feature()


class Metadata(msgspec.Struct, frozen=True, gc=False):
    """Which check of which tool."""

    event_code: str = ""
    product: Product = Product()


class Compliance(msgspec.Struct, frozen=True, gc=False):
    """What a check of a standard says."""

    status: str = ""
    control: str = ""


class Supporting(msgspec.Struct, frozen=True, gc=False):
    """What older versions say beside the finding."""

    risk: str = msgspec.field(default="", name="Risk")


class Remediation(msgspec.Struct, frozen=True, gc=False):
    """What to do."""

    desc: str = ""
    references: list[str] | None = None
    kb_articles: list[str] | None = None


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What was found."""

    uid: str = ""
    title: str = ""
    desc: str = ""
    remediation: Remediation | None = None
    supporting_data: Supporting = Supporting()
    created_time: _Number = None
    first_seen_time: _Number = None
    first_seen_time_dt: _Number = None


class Resource(msgspec.Struct, frozen=True, gc=False):
    """What it was found on."""

    uid: str = ""
    name: str = ""
    type: str = ""
    namespace: str | None = None


class Unmapped(msgspec.Struct, frozen=True, gc=False):
    """Prowler's own words."""

    provider_uid: str = ""
    muted: bool | None = None
    related_url: str = ""
    additional_urls: list[str] | None = None


class Origin(msgspec.Struct, frozen=True, gc=False):
    """What a record says of the scan."""

    cloud: Cloud = Cloud()
    unmapped: Unmapped = Unmapped()
    time: _Number = None
    time_dt: _Number = None
    finding_info: Finding | None = None


class Entry(Origin, frozen=True, gc=False):
    """What is read of a record; texts may still have space around them."""

    class_uid: int = 0
    severity: str = ""
    severity_id: int = 0
    status: str = ""
    status_code: str = ""
    status_detail: str = ""
    message: str = ""
    risk_details: str = ""
    metadata: Metadata = Metadata()
    compliance: Compliance = Compliance()
    resources: list[Resource] | None = None
    remediation: Remediation | None = None


_ENTRY = msgspec.json.Decoder(Entry)
_ORIGIN = msgspec.json.Decoder(Origin)


def without_times(piece: msgspec.Raw) -> bytes:
    """Give the bytes of a record without the time at which its check ran, which differs from scan to scan."""
    return _TIMES.sub(b"", piece)


def origin_of(piece: Piece) -> Origin:
    """Give what a record of any shape says of the scan."""
    if type(piece) is msgspec.Raw:
        try:
            return _ORIGIN.decode(piece)
        except OTHER_SHAPE:
            pass
    return any_entry(mapping(value_of(piece)))


def usual_entry(piece: Piece) -> Entry | None:
    """Give a record of the newer classes; None where it has another shape."""
    if type(piece) is not msgspec.Raw:
        return None
    try:
        entry = _ENTRY.decode(piece)
    except OTHER_SHAPE:
        return None
    # Without these, older names of the same fields have to be looked for.
    is_usual = entry.finding_info is not None and bool(entry.resources)
    return entry if is_usual and entry.class_uid in CLASSES else None


def any_entry(entry: Mapping[str, object]) -> Entry:
    """Give a record of any shape and age."""
    about = mapping(entry, "finding_info") or mapping(entry, "finding")
    resource = mapping(entry, "resources", 0) or mapping(entry, "resource")
    return Entry(
        cloud=Cloud(Account(text(entry, "cloud", "account", "uid"))),
        unmapped=Unmapped(
            text(entry, "unmapped", "provider_uid"),
            flag(entry, "unmapped", "muted"),
            additional_urls=[
                *texts(entry, "unmapped", "related_url"),
                *texts(entry, "unmapped", "additional_urls"),
            ],
        ),
        time=text(entry, "time"),
        time_dt=text(entry, "time_dt"),
        finding_info=_any_finding(about, text(entry, "finding_info", "created_time")),
        class_uid=whole(entry, "class_uid"),
        severity=text(entry, "severity"),
        severity_id=whole(entry, "severity_id"),
        status=text(entry, "status"),
        status_code=text(entry, "status_code"),
        status_detail=text(entry, "status_detail"),
        message=text(entry, "message"),
        risk_details=text(entry, "risk_details"),
        metadata=Metadata(
            text(entry, "metadata", "event_code"),
            Product(Feature(text(entry, "metadata", "product", "feature", "uid"))),
        ),
        compliance=Compliance(
            text(entry, "compliance", "status"), text(entry, "compliance", "control")
        ),
        resources=[
            Resource(
                text(resource, "uid"),
                text(resource, "name"),
                text(resource, "type"),
                text(resource, "namespace") if "namespace" in resource else None,
            )
        ],
        remediation=_any_remediation(
            mapping(entry, "remediation") or mapping(about, "remediation")
        ),
    )


def _any_finding(about: Mapping[str, object], created: str) -> Finding:
    return Finding(
        uid=text(about, "uid"),
        title=text(about, "title"),
        desc=text(about, "desc"),
        supporting_data=Supporting(text(about, "supporting_data", "Risk")),
        created_time=created,
        first_seen_time=text(about, "first_seen_time"),
        first_seen_time_dt=text(about, "first_seen_time_dt"),
    )


def _any_remediation(remedy: Mapping[str, object]) -> Remediation:
    return Remediation(
        text(remedy, "desc"), [*texts(remedy, "references"), *texts(remedy, "kb_articles")]
    )

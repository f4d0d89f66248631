"""GitLab's reports of container scanning and cluster image scanning: a vulnerable package in an image."""

import re
from collections.abc import Mapping

from tesuri.formats.gitlab.envelope import Scan, read_scan, recognise_scan
from tesuri.formats.gitlab.vulnerability import (
    advisories_of,
    advisory_of,
    cvss_of,
    fixes_of,
    has_fix_of,
    links_of,
    named_in,
    severity_of,
    title_of,
    weaknesses_of,
)
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Kind,
    Package,
    Record,
    Report,
    Skipped,
    new_observation,
)
from tesuri.untrusted.package_url import package_named, package_type
from tesuri.untrusted.record_list import mappings_in
from tesuri.untrusted.shape import mapping, text

_FIRST_WORD = re.compile(r"[A-Za-z]+")


def _recognise(document: object) -> Likeness:
    return recognise_scan(document, Scan.CONTAINER)


def _read(document: object) -> Report:
    found = mappings_in(document, "vulnerabilities")
    images = {image for fields in found if (image := text(fields, "location", "image"))}
    if len(images) < 2:
        return read_scan(document, Scan.CONTAINER, _record, target=next(iter(images), ""))
    return read_scan(document, Scan.CONTAINER, _record_of_many)


def _record_of_many(
    fields: Mapping[str, object], pointer: str, root: Mapping[str, object]
) -> Record:
    return _record(fields, pointer, root, target=text(fields, "location", "image"))


def _record(
    fields: Mapping[str, object], pointer: str, root: Mapping[str, object], *, target: str = ""
) -> Record:
    package = _package(fields)
    name = advisory_of(fields)
    if not name:
        return Skipped(pointer, "the vulnerability has no identifier and no name")
    resource = mapping(fields, "location", "kubernetes_resource")
    parts = (text(resource, key) for key in ("namespace", "kind", "name"))
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=name,
        title=title_of(
            {"name": fields.get("name"), "message": fields.get("message")},
            named_in(name, package),
        ),
        severity=severity_of(fields),
        pointer=pointer,
        description=text(fields, "description"),
        remedy=text(fields, "solution"),
        advisories=advisories_of(fields),
        weaknesses=weaknesses_of(fields),
        package=package if package.name else None,
        target=target,
        resource="/".join(part for part in parts if part),
        resource_type=text(resource, "kind"),
        cvss=cvss_of(fields),
        has_fix=has_fix_of(fields, root),
        links=links_of(fields),
    )


def _package(fields: Mapping[str, object]) -> Package:
    """Give the package; its ecosystem is that of the system, "alpine 3.14" or "debian:10"."""
    location = mapping(fields, "location")
    system = _FIRST_WORD.match(text(location, "operating_system"))
    distribution = system[0].lower() if system else ""
    ecosystem = package_type(distribution)
    return package_named(
        text(location, "dependency", "package", "name"),
        text(location, "dependency", "version"),
        ecosystem=ecosystem,
        namespace=distribution if ecosystem in {"deb", "apk", "rpm"} else "",
        fixed_versions=fixes_of(fields),
    )


FORMAT = Format(
    name="gitlab-container",
    title="GitLab container scanning",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("vulnerabilities",),),
)

"""GitLab's reports of SAST, infrastructure as code, secret detection, DAST and fuzzing: files, and addresses of a site.

The extract of a secret detection is the secret and goes nowhere else. GitLab's tracking signatures are fingerprints; before
version 14 the compare key is.
"""

from collections.abc import Mapping

from tesuri.formats.gitlab.envelope import Scan, read_scan, recognise_scan
from tesuri.formats.gitlab.vulnerability import (
    links_of,
    rule_of,
    severity_of,
    title_of,
    weaknesses_of,
)
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Kind, Record, Report, Skipped, new_observation, new_place
from tesuri.untrusted.secret_text import real_secret, without_literals, without_secret
from tesuri.untrusted.shape import items, mapping, text, whole

_SECRET_WORDS = frozenset({"gitleaks_rule_id", "trufflehog_rule_id"})
_CONFIGURATION_TOOLS = frozenset({"kics", "kubesec", "terraform", "checkov", "tfsec"})
_CREDENTIALS = frozenset({"CWE-259", "CWE-321", "CWE-798"})
# The SHA-256 of nothing: the analyser could not read the line, so the compare key tells nothing apart.
_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def _recognise(document: object) -> Likeness:
    return recognise_scan(document, Scan.SOURCE)


def _read(document: object) -> Report:
    return read_scan(document, Scan.SOURCE, _record)


def _record(fields: Mapping[str, object], pointer: str, root: Mapping[str, object]) -> Record:
    rule = rule_of(fields) or text(fields, "name") or text(fields, "message")
    if not rule:
        return Skipped(pointer, "the vulnerability has no identifier and no name")
    kind = _kind(fields, root)
    weaknesses = weaknesses_of(fields)
    is_secret = kind is Kind.SECRET
    extract = text(fields, "raw_source_code_extract") or text(fields, "evidence", "summary")
    secret = real_secret(extract) if is_secret else ""
    hides = is_secret or bool(_CREDENTIALS & set(weaknesses))
    title, description = title_of(fields, rule), text(fields, "description")
    return new_observation(
        kind=kind,
        rule=without_secret(rule, secret),
        title=without_literals(title, extract) if hides else title,
        severity=severity_of(fields),
        pointer=pointer,
        description=without_literals(description, extract) if hides else description,
        remedy="" if hides else text(fields, "solution"),
        weaknesses=weaknesses,
        place=new_place(
            path=text(fields, "location", "file"),
            line=whole(fields, "location", "start_line"),
        ),
        resource=_address(fields),
        fingerprints=() if is_secret else _fingerprints(fields),
        context="" if hides else extract,
        secret=secret,
        links=links_of(fields),
    )


def _address(fields: Mapping[str, object]) -> str:
    """Give what DAST and API fuzzing asked: the method, the address and the parameter."""
    location = mapping(fields, "location")
    address = text(location, "hostname") + text(location, "path")
    return " ".join(
        part for part in (text(location, "method"), address, text(location, "param")) if part
    )


def _kind(fields: Mapping[str, object], root: Mapping[str, object]) -> Kind:
    scan = text(root, "scan", "type") or text(fields, "category")
    if scan == "secret_detection" or text(fields, "category") == "secret_detection":
        return Kind.SECRET
    types = {text(one, "type").lower() for one in items(fields, "identifiers")}
    if types & _SECRET_WORDS:
        return Kind.SECRET
    tools = {text(fields, "scanner", "id").lower(), text(root, "scan", "scanner", "id").lower()}
    if tools & _CONFIGURATION_TOOLS or any(word.startswith("kics") for word in types):
        return Kind.MISCONFIGURATION
    return Kind.WEAKNESS


def _fingerprints(fields: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    signatures = [
        (f"gitlab/{text(one, 'algorithm')}", text(one, "value"))
        for item in items(fields, "tracking", "items")
        for one in items(item, "signatures")
        if text(one, "algorithm") not in {"", "location"} and text(one, "value")
    ]
    key = text(fields, "cve")
    if not signatures and key.count(":") >= 2 and _NOTHING not in key:
        signatures = [("gitlab/compareKey", "_".join(key.split()))]
    return tuple(sorted(dict(signatures).items()))


FORMAT = Format(
    name="gitlab-sast",
    title="GitLab SAST, DAST, fuzzing and secret detection",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("vulnerabilities",),),
)

"""Semgrep's JSON report: code, secrets and dependencies, of Semgrep itself and of Opengrep; the platform's lists too.

A result that `nosemgrep` silences is suppressed; results of inventory rules are no findings. Files that could only
partly be parsed leave the scan complete; an error of level *error* does not.
"""

from collections.abc import Iterator, Mapping

from tesuri.formats.semgrep.platform import platform_likeness, read_platform
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Package,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import advisories_in, weaknesses_listed
from tesuri.untrusted.markup import addresses_in
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.secret_text import real_secret, without_literals
from tesuri.untrusted.shape import (
    flag,
    items,
    join_pointer,
    mapping,
    shape_name,
    text,
    texts,
    whole,
)

_CREDENTIALS = frozenset({"CWE-259", "CWE-321", "CWE-798"})
_INVENTORY = frozenset({"INVENTORY", "EXPERIMENT"})
_PLACEHOLDER = "requires login"
_MAX_TITLE = 200


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    if likeness := platform_likeness(root):
        return likeness
    results = root.get("results")
    if not isinstance(results, list) or "metrics" in root:
        return Likeness(0)
    if any({"check_id", "path"} <= mapping(result).keys() for result in results[:20]):
        return Likeness(95, ("results with check_id and path",))
    if isinstance(root.get("errors"), list):
        if "scanned" in mapping(root, "paths"):
            return Likeness(90, ("results", "errors", "paths.scanned"))
        if not results and root.keys() <= {"results", "errors", "version"}:
            return Likeness(60, ("empty results beside errors",))
    return Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    if platform_likeness(root):
        return read_platform(root)
    if not isinstance(root.get("results"), list):
        found = shape_name(root.get("results"))
        raise BadInput(f"A Semgrep report has a list `results`, not {found}.", where="/results")
    return Report(
        format="semgrep",
        version="",
        tool="semgrep",
        tool_version=text(root, "version"),
        target="",
        configuration="",
        scanned_at=None,
        records=_records(root),
        is_complete=not any(
            text(error, "level").lower() == "error" for error in items(root, "errors")
        ),
    )


def _records(root: Mapping[str, object]) -> Iterator[Record]:
    for index, result in enumerate(items(root, "results")):
        yield _record(result, join_pointer("/results", index))


def _record(result: object, pointer: str) -> Record:
    if not isinstance(result, dict):
        return Skipped(pointer, f"the result is {shape_name(result)}, not a mapping")
    if not text(result, "check_id"):
        return Skipped(pointer, "the result names no rule")
    extra = mapping(result, "extra")
    if text(extra, "severity").upper() in _INVENTORY:
        return Informational(pointer, "the rule makes an inventory")
    observation = _observation(result, extra, pointer)
    if flag(extra, "is_ignored"):
        return Suppressed(pointer, "ignored in the source (nosemgrep)", observation)
    return observation


def _observation(
    result: Mapping[str, object], extra: Mapping[str, object], pointer: str
) -> Observation:
    rule = text(result, "check_id")
    metadata = mapping(extra, "metadata")
    weaknesses = weaknesses_listed(*texts(metadata, "cwe"))
    package = _package(extra, metadata)
    is_secret = package is None and _is_about_secrets(rule, metadata)
    hides = is_secret or bool(_CREDENTIALS & set(weaknesses))
    secret = _matched(result, extra) if hides else ""
    message = text(extra, "message")
    shown = without_literals(message, secret) if hides else message
    lines = _lines(extra)
    kind = Kind.VULNERABILITY if package else Kind.SECRET if is_secret else Kind.WEAKNESS
    fix = text(extra, "fix")
    return new_observation(
        kind=kind,
        rule=rule,
        title=_title(shown) or rule,
        severity=severity_from_word(text(extra, "severity")),
        pointer=pointer,
        description=shown,
        remedy=f"Replace it with: {fix}" if fix and not hides else "",
        advisories=_advisories(rule, metadata) if package else (),
        weaknesses=weaknesses,
        package=package,
        place=new_place(path=text(result, "path"), line=whole(result, "start", "line")),
        fingerprints=() if is_secret else _fingerprint(extra),
        context=_context(lines, kind, hides=hides),
        secret=secret if is_secret else "",
        has_fix=True if fix or (package and package.fixed_versions) else None,
        links=_links(metadata),
    )


def _title(message: str) -> str:
    """Give the first sentence of the rule's message."""
    sentence = " ".join(message.split()).partition(". ")[0].removesuffix(".")
    return sentence if len(sentence) <= _MAX_TITLE else f"{sentence[: _MAX_TITLE - 1]}…"


def _is_about_secrets(rule: str, metadata: Mapping[str, object]) -> bool:
    words = {text(metadata, "category").lower()}
    words |= {word.lower() for word in texts(metadata, "technology")}
    return "secrets" in words or "secrets" in rule.lower().replace("-", ".").split(".")


def _lines(extra: Mapping[str, object]) -> str:
    lines = text(extra, "lines")
    return "" if lines == _PLACEHOLDER else lines


def _matched(result: Mapping[str, object], extra: Mapping[str, object]) -> str:
    """Give what the rule bound to $SECRET, else what it matched: by columns where it is one line."""
    if bound := real_secret(text(extra, "metavars", "$SECRET", "abstract_content").strip("'\"`")):
        return bound
    lines = extra.get("lines")
    if not isinstance(lines, str) or lines.strip() == _PLACEHOLDER:
        return ""
    first, last = whole(result, "start", "col"), whole(result, "end", "col")
    is_one_line = whole(result, "start", "line") == whole(result, "end", "line")
    part = lines[first - 1 : last - 1] if is_one_line and 0 < first < last else ""
    return real_secret(part.strip("'\"` "), lines)


def _context(lines: str, kind: Kind, *, hides: bool) -> str:
    if kind is not Kind.WEAKNESS:
        return ""
    return without_literals(lines) if hides else lines


def _fingerprint(extra: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Give Semgrep's own mark under the name that its SARIF report gives it."""
    mark = text(extra, "fingerprint")
    return (("matchBasedId/v1", mark),) if mark and mark != _PLACEHOLDER else ()


def _package(extra: Mapping[str, object], metadata: Mapping[str, object]) -> Package | None:
    """Give the dependency of a supply chain result; None for every other result."""
    match = mapping(extra, "sca_info", "dependency_match")
    found = mapping(match, "found_dependency")
    name = text(found, "package")
    if not name:
        return None
    fixes = (
        text(version)
        for fix in items(metadata, "sca-fix-versions")
        for key, version in mapping(fix).items()
        if key == name
    )
    return package_named(
        name,
        text(found, "version"),
        ecosystem=text(found, "ecosystem"),
        fixed_versions=tuple(fix for fix in fixes if fix),
        path=text(found, "lockfile_path") or text(match, "lockfile"),
    )


def _advisories(rule: str, metadata: Mapping[str, object]) -> tuple[str, ...]:
    return advisories_in(text(metadata, "sca-vuln-database-identifier"), rule.replace("_", "-"))


def _links(metadata: Mapping[str, object]) -> tuple[str, ...]:
    keys = ("source", "shortlink", "source-rule-url", "references")
    return addresses_in(*(link for key in keys for link in texts(metadata, key)))


FORMAT = Format(
    name="semgrep",
    title="Semgrep JSON",
    documents=("json",),
    recognise=_recognise,
    read=_read,
    lists=(("results",),),
)

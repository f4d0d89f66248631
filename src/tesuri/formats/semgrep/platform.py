"""The lists of findings that the Semgrep AppSec Platform answers: code (`findings`) and dependencies (`vulns`).

What was fixed or removed there is not open; what somebody ignored is suppressed. A list may cover many repositories.

**source** https://semgrep.dev/api/v1/docs/ (listing code and supply chain findings of a deployment).
"""

from collections.abc import Callable, Iterator, Mapping

from tesuri.model.format import Likeness
from tesuri.model.observation import (
    Informational,
    Kind,
    Observation,
    Record,
    Report,
    Skipped,
    Suppressed,
    new_observation,
    new_place,
)
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.advisory import advisories_in, weaknesses_in
from tesuri.untrusted.fix import update_sentence, web_links
from tesuri.untrusted.instant import instant
from tesuri.untrusted.package_url import package_named
from tesuri.untrusted.record_list import Entry, first_mappings, records_at
from tesuri.untrusted.secret_text import without_literals
from tesuri.untrusted.shape import items, mapping, text, texts, whole

_CLOSED = frozenset({"fixed", "removed", "resolved", "auto_resolved"})
_IGNORED = frozenset({"ignored", "muted", "false_positive", "acceptable_risk"})
_MAX_TITLE = 200

_ReadOne = Callable[[Mapping[str, object], str, str], Observation]


def platform_likeness(root: Mapping[str, object]) -> Likeness | None:
    """Give the likeness of a list of the platform; None for any other document."""
    for entry in first_mappings(root, "vulns"):
        if "matchedDependency" in entry and "advisory" in entry:
            return Likeness(95, ("vulns with advisory and matchedDependency",))
    for entry in first_mappings(root, "findings"):
        if {"rule_name", "location", "repository"} <= entry.keys():
            return Likeness(95, ("findings with rule_name, location and repository",))
    return None


def read_platform(root: Mapping[str, object]) -> Report:
    """Read a list that `platform_likeness` knows."""
    key, read_one = ("vulns", _dependency) if "vulns" in root else ("findings", _code)
    names = {_repository(entry.fields) for entry in _entries(root, key)} - {""}
    return Report(
        format="semgrep",
        version="",
        tool="semgrep",
        tool_version="",
        target=next(iter(names)) if len(names) == 1 else "",
        configuration="",
        scanned_at=None,
        records=_records(root, key, read_one, has_many=len(names) > 1),
    )


def _entries(root: Mapping[str, object], key: str) -> Iterator[Entry]:
    return (entry for entry in records_at(root, key) if isinstance(entry, Entry))


def _repository(entry: Mapping[str, object]) -> str:
    return text(entry, "repositoryName") or text(entry, "repository", "name")


def _records(
    root: Mapping[str, object], key: str, read_one: _ReadOne, *, has_many: bool
) -> Iterator[Record]:
    for entry in records_at(root, key):
        if isinstance(entry, Skipped):
            yield entry
            continue
        target = _repository(entry.fields) if has_many else ""
        observation = read_one(entry.fields, entry.pointer, target)
        if not observation.rule:
            yield Skipped(entry.pointer, "the finding names no rule")
        else:
            yield _judged(entry.fields, observation)


def _judged(entry: Mapping[str, object], observation: Observation) -> Record:
    words = [text(entry, key).lower() for key in ("state", "status", "triage_state")]
    words.append(text(entry, "triage", "status").lower())
    if _IGNORED.intersection(words):
        reason = text(entry, "triage_reason") or text(entry, "triage", "dismissReason")
        return Suppressed(observation.pointer, f"ignored in the tool {reason}".strip(), observation)
    if _CLOSED.intersection(words):
        return Informational(observation.pointer, "fixed in the tool")
    return observation


def _code(entry: Mapping[str, object], pointer: str, target: str) -> Observation:
    rule = text(entry, "rule_name") or text(entry, "rule", "name")
    is_secret = "secrets" in rule.lower().replace("-", ".").split(".")
    words = text(entry, "rule_message") or text(entry, "rule", "message")
    message = without_literals(words) if is_secret else words
    return new_observation(
        kind=Kind.SECRET if is_secret else Kind.WEAKNESS,
        rule=rule,
        title=message.partition("\n")[0].partition(". ")[0][:_MAX_TITLE] or rule,
        severity=severity_from_word(text(entry, "severity")),
        pointer=pointer,
        description=message,
        weaknesses=weaknesses_in(*texts(entry, "rule", "cwe_names")),
        place=new_place(
            path=text(entry, "location", "file_path"), line=whole(entry, "location", "line")
        ),
        target=target,
        fingerprints=()
        if is_secret
        else tuple(("matchBasedId/v1", mark) for mark in texts(entry, "match_based_id")),
        first_seen_at=instant(entry.get("created_at")),
        links=web_links(texts(entry, "line_of_code_url")),
    )


def _dependency(entry: Mapping[str, object], pointer: str, target: str) -> Observation:
    advisory = mapping(entry, "advisory")
    references = mapping(advisory, "references")
    names = (*texts(references, "cveIds"), *texts(references, "urls"))
    rule = text(advisory, "ruleId")
    name = text(entry, "matchedDependency", "name")
    path = text(entry, "dependencyFileLocation", "path")
    fixes = texts(entry, "closestSafeDependency", "versionSpecifier") or tuple(
        text(safe, "versionSpecifier")
        for safe in items(advisory, "safeDependencies")
        if text(safe, "name") == name
    )
    return new_observation(
        kind=Kind.VULNERABILITY,
        rule=rule,
        title=text(entry, "title") or text(advisory, "title") or rule,
        severity=severity_from_word(text(advisory, "severity")),
        pointer=pointer,
        description=text(advisory, "description"),
        remedy=update_sentence(name, fixes),
        advisories=advisories_in(*names),
        weaknesses=weaknesses_in(*texts(references, "cweIds")),
        package=package_named(
            name,
            text(entry, "matchedDependency", "versionSpecifier"),
            ecosystem=_ecosystem(entry, advisory, name),
            fixed_versions=fixes,
            path=path,
        ),
        place=new_place(path=path, line=whole(entry, "dependencyFileLocation", "startLine")),
        target=target,
        has_fix=bool(fixes),
        published_at=instant(advisory.get("announcedAt")),
        first_seen_at=instant(entry.get("openedAt")),
        links=web_links(texts(references, "urls")),
    )


def _ecosystem(entry: Mapping[str, object], advisory: Mapping[str, object], name: str) -> str:
    """Give the advisory's ecosystem where its package is the one that was matched: an advisory has several."""
    named = {text(part, "name") for part in items(advisory, "vulnerableDependencies")}
    return text(advisory, "ecosystem") if name in named else text(entry, "packageManager")

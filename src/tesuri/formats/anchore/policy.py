"""What AnchoreCTL says of an image under a policy: each trigger that fired, with the gate that it belongs to.

A trigger of the gate for vulnerabilities names an advisory and a package, every other one a rule that the image breaks.
What the policy lets through (`go`) was looked at and passed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    new_package,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.advisory import advisories_in, aliases_of
from tesuri.untrusted.fix import versions_listed
from tesuri.untrusted.instant import instant
from tesuri.untrusted.record_list import Entry, first_mappings, records_at
from tesuri.untrusted.shape import mapping, text

_KEYS = frozenset({"gate", "triggerName", "triggerId"})
_SEVERITIES = {"stop": Severity.HIGH, "warn": Severity.MEDIUM}
"""Of a trigger whose sentence does not begin with a severity: whether the policy refuses the image or warns of it."""

_FIXED = re.compile(r"\(fixed in: ([^()]{1,200})\)")
_ALLOWED = ("allowlisted", "whitelisted")


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """The triggers of one image, and where they stand."""

    image: str
    triggers: str
    """Key of their list."""
    entry: Entry
    evaluated_at: object


def is_evaluation(document: object) -> bool:
    """Whether a document is an answer of `anchorectl image check`, of either spelling."""
    if "evaluatedTag" in mapping(document) and "imageDigest" in mapping(document):
        return True
    first = next(iter(first_mappings(document)), {})
    triggers = first_mappings(first, "detail")
    is_old = {"finalAction", "policyId", "tag"} <= first.keys()
    return is_old and all(trigger.keys() >= _KEYS for trigger in triggers)


def read_evaluation(document: object) -> Report:
    """Read the triggers of every evaluation."""
    found = [each for each in _evaluations(document) if isinstance(each, _Evaluation)]
    images = {each.image for each in found} - {""}
    times = [time for each in found if (time := instant(each.evaluated_at)) is not None]
    first = found[0].entry.fields if found else {}
    return Report(
        format="anchorectl",
        version="",
        tool="anchore",
        tool_version="",
        target=next(iter(images)) if len(images) == 1 else "",
        # Another policy asks for other things.
        configuration=f"policy={text(document, 'policyId') or text(first, 'policyId')}",
        scanned_at=max(times, default=None),
        records=_records(document, has_many=len(images) > 1),
    )


def _evaluations(document: object) -> Iterator[_Evaluation | Skipped]:
    root = mapping(document)
    path = ("evaluations",) if root else ()
    for entry in records_at(document, *path):
        if isinstance(entry, Skipped):
            yield entry
            continue
        fields = entry.fields
        image = text(root, "evaluatedTag") or text(fields, "tag") or text(root, "imageDigest")
        time = fields.get("evaluationTime") or fields.get("lastEvaluation")
        yield _Evaluation(image, "details" if root else "detail", entry, time)


def _records(document: object, *, has_many: bool) -> Iterator[Record]:
    for found in _evaluations(document):
        if isinstance(found, Skipped):
            yield found
            continue
        key, entry = found.triggers, found.entry
        for trigger in records_at(entry.fields, key, pointer=entry.pointer):
            if isinstance(trigger, Skipped):
                yield trigger
            else:
                yield _record(trigger, found.image, found.image if has_many else "")


def _record(trigger: Entry, image: str, target: str) -> Record:
    fields, pointer = trigger.fields, trigger.pointer
    rule = "/".join(word for key in ("gate", "triggerName") if (word := text(fields, key)))
    if not rule:
        return Skipped(pointer, "the trigger names no gate")
    action = text(fields, "status").lower() or text(fields, "action").lower()
    if action == "go":
        return Informational(pointer, "passed")
    seen = _observation(fields, pointer, rule, image, target, action=action)
    if any(mapping(fields, key) for key in _ALLOWED):
        return Suppressed(pointer, "on an allowlist of the policy", seen)
    return seen


def _observation(
    fields: Mapping[str, object], pointer: str, rule: str, image: str, target: str, *, action: str
) -> Observation:
    words = text(fields, "description") or text(fields, "message")
    number = text(fields, "triggerId")
    names = advisories_in(number) if text(fields, "gate") == "vulnerabilities" else ()
    named = severity_from_word(words.partition(" ")[0])
    return new_observation(
        kind=Kind.VULNERABILITY if names else Kind.MISCONFIGURATION,
        rule=names[0] if names else rule,
        title=words.partition("\n")[0] or rule,
        severity=_SEVERITIES.get(action, named) if named is Severity.UNKNOWN else named,
        pointer=pointer,
        description=words,
        remedy=text(fields, "recommendation"),
        advisories=aliases_of(*names) if names else (),
        package=_package(number, words) if names else None,
        resource="" if names else image,
        resource_type="" if names else "image",
        target=target,
        fingerprints=(("anchoreTriggerId", number),) if number and not names else (),
    )


def _package(number: str, words: str) -> Package | None:
    """Give the package of `CVE-2026-1001+zlib`, with the fix that the sentence names."""
    name = number.partition("+")[2].strip()
    fixed = _FIXED.search(words)
    return (
        new_package(name, fixed_versions=versions_listed(fixed[1]) if fixed else ())
        if name
        else None
    )

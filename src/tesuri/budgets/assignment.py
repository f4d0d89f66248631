"""Which objective a decided finding falls under: the first one of its outcome whose `where` is true."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from tesuri.expressions.compile import Compiled, compile_expression, ready
from tesuri.expressions.serialise import load_ir
from tesuri.model.decision import Decision, Outcome
from tesuri.model.finding import Finding
from tesuri.model.objective import Objective
from tesuri.model.resource import Value

SHIPPED: Final[Mapping[str, bytes]] = {
    'finding.cvss >= 7.0 || finding.exploitation == "poc"': (
        b'[1,["or",[["binary",">=",["select",["name","finding",[1,1]],"cvss",[1,1]],["literal",7.0,[1,17]],[1,1]],'
        b'["binary","==",["select",["name","finding",[1,24]],"exploitation",[1,24]],["literal","poc",[1,48]],[1,24]]],[1,1]]]'
    )
}
"""The conditions of the default objectives, compiled: most sites have no others, and the parser takes 0.15 s to load."""

FINDING_FIELDS: Final = frozenset(
    {
        "id",
        "kind",
        "rule",
        "title",
        "severity",
        "outcome",
        "exploitation",
        "exposure",
        "cvss",
        "advisories",
        "package",
        "ecosystem",
        "asset",
        "service",
        "resource",
        "path",
        "has_fix",
        "control",
        "address",
        "parts",
    }
)
"""Names that `finding_subject` gives."""


def assign(
    finding: Finding, decision: Decision, objectives: Sequence[Objective]
) -> Objective | None:
    """Give the first objective that covers the finding; None when none does (defer).

    A `where` that cannot be answered does not cover it: a later objective of the outcome may.
    """
    subject: dict[str, Value] | None = None
    for objective in objectives:
        # One that counts components has no outcome, so it never covers a finding.
        if objective.outcome is not decision.outcome:
            continue
        if not objective.where:
            return objective
        subject = subject or {"finding": finding_subject(finding, decision)}
        if _compiled(objective.where, objective.id).evaluate(subject).value is True:
            return objective
    return None


def unused_objectives(objectives: Sequence[Objective]) -> Iterator[str]:
    """Give a sentence for each objective that no finding can reach: one before it takes them all."""
    takes_all: dict[Outcome, Objective] = {}
    for objective in objectives:
        if objective.outcome is None:
            continue
        first = takes_all.get(objective.outcome)
        if first is not None:
            yield (
                f"The objective {objective.id} is never used: {first.id} before it takes every "
                f"finding of the outcome {objective.outcome}."
            )
        elif not objective.where:
            takes_all[objective.outcome] = objective


def finding_subject(finding: Finding, decision: Decision | None) -> dict[str, Value]:
    """Give a finding as expressions see it; every name is always there.

    A score that nobody gave is -1, so that `finding.cvss >= 7.0` is false and not unknown.
    """
    answers = {answer.question: answer.value for answer in decision.answers} if decision else {}
    return {
        "id": f"FND-{finding.key}",
        "kind": finding.kind.value,
        "rule": finding.rule,
        "title": finding.title,
        "severity": finding.severity.value,
        "outcome": decision.outcome.value if decision else "",
        "exploitation": answers.get("exploitation", ""),
        "exposure": answers.get("exposure", ""),
        "cvss": -1.0 if finding.cvss_score is None else float(finding.cvss_score),
        "advisories": list(finding.advisories),
        "package": finding.package,
        "ecosystem": finding.package_ecosystem,
        "asset": finding.asset,
        "service": finding.service or "",
        "resource": finding.resource,
        "path": finding.path,
        "has_fix": bool(finding.has_fix),
        "control": finding.rule,
        "address": finding.resource,
        "parts": list(finding.parts),
    }


@lru_cache(maxsize=256)
def _compiled(source: str, where: str) -> Compiled:
    known = SHIPPED.get(source)
    if known is not None:
        return ready(load_ir(known), source=source, where=f"objective {where}")
    return compile_expression(source, where=f"objective {where}")

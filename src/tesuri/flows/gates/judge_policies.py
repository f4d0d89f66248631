"""What policies in Rego say of a change, as verdicts and answers like those of our own controls.

`deny` and `violation` block and `warn` warns whatever the policy state is, unless the workspace maps the rule to a control;
an exception hides what its rule says, and is counted. What the engine could not evaluate is unknown, never a pass.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from tesuri.controls.strictness import ruling
from tesuri.flows.gates.judge_resources import Gate, answered
from tesuri.flows.gates.load_policies import EXCEPTION, Policies, PolicyConstraint, PolicyRule
from tesuri.model.control import (
    Control,
    GateAnswer,
    GateReport,
    Ruling,
    Verdict,
    VerdictKind,
)
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import WaiverId
from tesuri.model.rego import POLICY_PREFIX, RegoAnswer, RegoCase
from tesuri.model.resource import Origin, Resource
from tesuri.model.severity import Severity, severity_from_word
from tesuri.subjects.kubernetes.gatekeeper import matches
from tesuri.untrusted.shape import at, text

_ADDRESS_KEYS: Final = ("address", "resource_address", "resource", "resource_name", "name")
_SURE_KEYS: Final = ("address", "resource_address", "resource")
_BELOW: Final = ((), ("details",), ("metadata",))
_EDGES: Final = ".,:;()<>'`"
_MOST_MESSAGE: Final = 2_000
_DIGITS: Final = 16


@dataclass
class PolicySubject:
    """One input of policies, with what our own readers made of it."""

    document: object
    where: str
    resources: Sequence[Resource] = ()
    review: Mapping[str, object] | None = None
    """What Gatekeeper's constraints see; None where nothing is admitted."""
    address: str = ""
    """Of the whole input, where it is one thing."""
    is_input: bool = True
    """False for an object of a list, which Conftest's rules see as a whole."""
    is_admitted: bool = True
    """False for a whole whose objects are admitted one by one."""
    is_combined: bool = False
    """Whether it is all files at once."""

    @cached_property
    def by_address(self) -> Mapping[str, Resource]:
        """Give the resources of the input by their addresses."""
        return {one.address: one for one in self.resources}

    @property
    def whole(self) -> Resource:
        """Give the input itself as a resource."""
        if self.address in self.by_address:
            return self.by_address[self.address]
        return Resource("", self.address or self.where, {}, origin=Origin(self.where))


@dataclass(frozen=True, slots=True)
class _Said:
    """One message of a rule."""

    message: str
    """One line, cut where it is very long."""
    resource: Resource
    severity: Severity
    whole: str
    """All of it: what the violation is known by."""


@dataclass
class _Judging:
    """One look of a gate at one subject."""

    gate: Gate
    subject: PolicySubject
    found: list[Ruling] = field(default_factory=list)
    parts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each address already had each part."""

    def rule(
        self, control: Control, name: str, answer: RegoAnswer, exceptions: Sequence[str] = ()
    ) -> None:
        """Add what a rule gave: one ruling a message, one a part that nobody could evaluate, or a pass."""
        for value in answer.values:
            said = _said(value, self.subject, control.severity)
            one = self._ruling(control, name, VerdictKind.FAIL, said)
            self.found.append(_hidden(one, exceptions) if exceptions else one)
        whole = self.subject.whole
        for reason in answer.unknown:
            said = _Said(reason, whole, control.severity, reason)
            self.found.append(self._ruling(control, name, VerdictKind.UNKNOWN, said))
        if not answer.values and not answer.unknown:
            said = _Said("", whole, control.severity, "")
            self.found.append(self._ruling(control, name, VerdictKind.PASS, said))

    def _ruling(self, control: Control, name: str, kind: VerdictKind, said: _Said) -> Ruling:
        is_mapped = not control.id.startswith(POLICY_PREFIX)
        reason = (
            f"{said.message} ({POLICY_PREFIX}{name})"
            if is_mapped and said.message
            else said.message
        )
        verdict = Verdict(
            control=control.id,
            control_version=control.version,
            resource_type=said.resource.type,
            address=said.resource.address,
            kind=kind,
            severity=control.severity if is_mapped else said.severity,
            reason=reason,
            at=said.resource.origin,
            parts=self._parts(name, kind, said),
        )
        owner = self.gate.owner_of(said.resource)
        return answered(
            ruling(
                verdict,
                control=control,
                owner=owner,
                policy=self.gate.policy_of(owner.service),
                circumstances=self.gate.circumstances,
            ),
            self.gate,
        )

    def _parts(self, name: str, kind: VerdictKind, said: _Said) -> tuple[str, ...]:
        """Give what a waiver or a baseline knows the violation by: rule and message, never where the rule stands.

        What the message says of a value is part of it: another value is another violation.
        """
        if kind is VerdictKind.PASS:
            return ()
        word = "said" if kind is VerdictKind.FAIL else "unknown"
        digest = hashlib.sha256(said.whole.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
        part = f"{name} {word} {digest}"
        self.parts[said.resource.address, part] += 1
        count = self.parts[said.resource.address, part]
        return (part if count == 1 else f"{part} {count}",)


def with_policies(report: GateReport, gate: Gate, subjects: Iterable[PolicySubject]) -> GateReport:
    """Give a report with what the gate's policies say of the same change.

    **raises** BadInput when a policy does not end, or no policy of the folder is for this kind of change.
    """
    policies = gate.policies
    if policies is None:
        return report
    rulings = [one for subject in subjects for one in policy_rulings(subject, gate)]
    counts = Counter(one.verdict.kind for one in rulings)
    answers = [report.answer, *(one.answer for one in rulings)]
    return replace(
        report,
        answer=max(answers, key=lambda answer: answer.rank),
        rulings=(*report.rulings, *rulings),
        counts={kind: report.counts.get(kind, 0) + counts[kind] for kind in VerdictKind},
        controls=report.controls + len(list(policies.controls)),
    )


def policy_rulings(subject: PolicySubject, gate: Gate) -> Iterator[Ruling]:
    """Give what the gate's policies say of one input."""
    policies = gate.policies
    if policies is None:
        return
    if not policies.rules and subject.review is None and subject.is_admitted:
        raise BadInput(
            "The folder holds constraints of Gatekeeper only, which judge what a cluster admits.",
            where=policies.where,
            remedy="Use them with check admission or check commit.",
        )
    judging = _Judging(gate, subject)
    if subject.is_input and subject.is_combined == policies.is_combining:
        _ask_rules(policies, judging)
    _ask_constraints(policies, judging)
    yield from judging.found


def _ask_rules(policies: Policies, judging: _Judging) -> None:
    exceptions = list(policies.exceptions.values())
    questions = [*exceptions, *(one.question for one in policies.rules)]
    answers = policies.engine.ask(questions, judging.subject.document)
    hidden = {
        question.rule.package: answer for question, answer in zip(exceptions, answers, strict=False)
    }
    for one, answer in zip(policies.rules, answers[len(exceptions) :], strict=True):
        exception = hidden.get(one.question.rule.package, RegoAnswer())
        judging.rule(one.control, one.question.rule.id, answer, _exceptions(one, exception))
        if exception.unknown and answer.values:
            reasons = [f"whether an exception holds: {each}" for each in exception.unknown]
            judging.rule(one.control, one.question.rule.id, RegoAnswer(unknown=tuple(reasons)))


def _exceptions(rule: PolicyRule, answer: RegoAnswer) -> Sequence[str]:
    """Give the exceptions that name the rule; each member of `exception` is a list of names."""
    named = [
        name
        for value in answer.values
        for name in (value if isinstance(value, list) else [])
        if name in rule.suffixes
    ]
    return [f"{POLICY_PREFIX}{rule.question.rule.package}.{EXCEPTION}"] if named else []


def _hidden(found: Ruling, exceptions: Sequence[str]) -> Ruling:
    waiver = WaiverId(exceptions[0])
    considered = ((waiver, "an exception of the policy holds"), *found.waivers_considered)
    return replace(found, answer=GateAnswer.ALLOW, waiver=waiver, waivers_considered=considered)


def _ask_constraints(policies: Policies, judging: _Judging) -> None:
    """Ask all constraints that are about the review, in one message."""
    review = judging.subject.review
    if review is None:
        return
    told: list[tuple[PolicyConstraint, RegoAnswer | None]] = []
    for one in policies.constraints:
        is_meant = matches(one.constraint, review, policies.namespaces)
        if is_meant is None:
            reason = "the labels of its namespace are not known: give the Namespace with --data"
            told.append((one, RegoAnswer(unknown=(reason,))))
        elif is_meant:
            told.append((one, _without_rego(one)))
    cases = [
        RegoCase(one.question, {"parameters": one.constraint.parameters})
        for one, answer in told
        if answer is None and one.question is not None
    ]
    answers = iter(policies.engine.ask_each(cases, {"review": review}))
    for one, answer in told:
        found = _with_inventory(one, next(answers), policies) if answer is None else answer
        judging.rule(one.control, f"{one.constraint.kind}.{one.constraint.name}", found)


def _without_rego(one: PolicyConstraint) -> RegoAnswer | None:
    """Give what is said of a constraint that nobody can ask; None where its Rego answers."""
    if one.question is not None:
        return None
    reason = f"{one.constraint.where}: the template is written in CEL, and only Rego is evaluated"
    return RegoAnswer(unknown=(reason,))


def _with_inventory(one: PolicyConstraint, answer: RegoAnswer, policies: Policies) -> RegoAnswer:
    """Say that nobody can tell where the rule saw no objects of the cluster, and gave nothing."""
    if one.needs_inventory and not policies.has_inventory and not answer.values:
        reason = "it looks at data.inventory: give the objects of the cluster with --data"
        return replace(answer, unknown=(*answer.unknown, reason))
    return answer


def _said(value: object, subject: PolicySubject, default: Severity) -> _Said:
    """Give message, resource and severity of a member of a set: a text, or an object with msg."""
    message = value if isinstance(value, str) else text(value, "msg")
    if not message:
        message = f"the rule gave {json.dumps(value, ensure_ascii=False)}, which has no msg"
    resource = _named(value, subject) or _mentioned(message, subject) or subject.whole
    words = (text(value, *below, "severity") for below in _BELOW)
    word = next((word for word in words if word), "")
    severity = severity_from_word(word) if word else default
    line = " ".join(message.split())
    return _Said(line[:_MOST_MESSAGE], resource, severity, line)


def _named(value: object, subject: PolicySubject) -> Resource | None:
    """Give the resource that the metadata names: one of the input, or what it calls itself."""
    for below in _BELOW:
        for key in _ADDRESS_KEYS:
            named = at(value, *below, key)
            name = named if isinstance(named, str) else text(named, "address")
            if name in subject.by_address:
                return subject.by_address[name]
            if name and key in _SURE_KEYS:
                return Resource("", name, {}, origin=Origin(subject.where))
    return None


def _mentioned(message: str, subject: PolicySubject) -> Resource | None:
    """Give the resource whose address stands in the message as a word."""
    for word in re.split(r"\s+", message):
        for each in (
            word,
            word.strip(_EDGES),
            word.strip(_EDGES + '"'),
            word.strip(_EDGES + '"[]'),
        ):
            if each in subject.by_address:
                return subject.by_address[each]
    return None

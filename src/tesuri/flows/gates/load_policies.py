"""Policies that were read → policies that can be asked: which rules count, and what each of them is as a control."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tesuri.flows.gates.policy_choice import Choice
from tesuri.flows.gates.read_policies import PolicyFiles
from tesuri.model.control import Control, GateAnswer
from tesuri.model.errors import BadInput
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.model.rego import (
    POLICY_PREFIX,
    RegoEngine,
    RegoModule,
    RegoQuestion,
    RegoRule,
    RegoUnit,
    RegoUnitRules,
    RuleKind,
    RuleNotes,
)
from tesuri.model.severity import Severity, severity_from_word
from tesuri.subjects.kubernetes.gatekeeper import Constraint
from tesuri.untrusted.shape import text

DEFAULT_NAMESPACE: Final = "main"
EXCEPTION: Final = "exception"
_RULE: Final = re.compile(r"(deny|violation|warn)(?:_[a-zA-Z0-9]+)*")
_VIOLATION: Final = "violation"
_INVENTORY: Final = "data.inventory"

OpenEngine = Callable[[Sequence[RegoUnit]], RegoEngine]


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of Conftest's kind, and the control that it is."""

    question: RegoQuestion
    kind: RuleKind
    control: Control

    @property
    def suffixes(self) -> tuple[str, str]:
        """Give what an exception may call it: foo for deny_foo; "" or deny for deny."""
        name = self.question.rule.name
        bare = name.removeprefix(f"{self.kind.value}_")
        return (bare, bare) if bare != name else ("", name)


@dataclass(frozen=True, slots=True)
class PolicyConstraint:
    """One constraint with the rule of its template, and the control that it is."""

    constraint: Constraint
    question: RegoQuestion | None
    """None when its template holds no Rego."""
    control: Control
    needs_inventory: bool = False


@dataclass(frozen=True, slots=True)
class Policies:
    """A folder of policies, ready to be asked."""

    where: str
    engine: RegoEngine
    rules: tuple[PolicyRule, ...]
    exceptions: Mapping[str, RegoQuestion] = field(default_factory=dict)
    """By package."""
    constraints: tuple[PolicyConstraint, ...] = ()
    namespaces: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Namespace objects that were given as data."""
    has_inventory: bool = False
    passed_over: int = 0
    is_combining: bool = False
    """Whether the rules see all files as one input, and none by itself."""

    @property
    def controls(self) -> Iterable[Control]:
        """Give each rule and each constraint as a control."""
        yield from (each.control for each in self.rules)
        yield from (each.control for each in self.constraints)


def load_policies(
    files: PolicyFiles, choice: Choice, open_engine: OpenEngine, *, where: str
) -> Policies:
    """Load policies. **raises** BadInput for a wrong policy, a rule that is no set, or a namespace without rules."""
    units: list[RegoUnit] = []
    if files.modules:
        units.append(RegoUnit(tuple(files.modules), files.documents))
    inventory = _inventory(files)
    places: dict[str, int] = {}
    for template in files.templates:
        if template.modules:
            places[template.kind] = len(units)
            units.append(RegoUnit(template.modules, inventory))
    engine = open_engine(units)
    chosen = _chosen(engine.units[0], choice, where) if files.modules else ()
    if files.modules and not chosen and not files.constraints:
        raise _nothing(engine.units[0], choice, where)
    texts = {module.path: module for module in files.modules}
    return Policies(
        where=where,
        engine=engine,
        rules=tuple(_rule(rule, texts, choice) for rule in chosen),
        exceptions=_exceptions(engine.units[0], chosen) if files.modules else {},
        constraints=tuple(
            _constraint(each, places, files, engine, choice) for each in files.constraints
        ),
        namespaces={
            text(one.value, "metadata", "name"): one.value
            for one in files.objects
            if one.kind == "Namespace"
        },
        has_inventory=bool(files.objects),
        passed_over=files.passed_over,
        is_combining=choice.is_combining,
    )


def _chosen(unit: RegoUnitRules, choice: Choice, where: str) -> Sequence[RegoRule]:
    """Give the rules that count. **raises** BadInput for a wanted namespace without any."""
    wanted = choice.namespaces or (DEFAULT_NAMESPACE,)
    found = [
        rule
        for rule in unit.rules
        if _RULE.fullmatch(rule.name) and (choice.has_all or rule.package in wanted)
    ]
    for name in choice.namespaces:
        if not choice.has_all and name not in {rule.package for rule in found}:
            raise _nothing(unit, Choice((name,)), where)
    for rule in found:
        _refuse_plain(rule)
    return found


def _refuse_plain(rule: RegoRule) -> None:
    if not rule.is_set and not rule.is_listing:
        kind = _RULE.fullmatch(rule.name)
        assert kind is not None
        raise BadInput(
            f"The rule {rule.id} gives one value, not a set of messages, so it would never deny anything.",
            where=f"{rule.path}: line {rule.line}",
            remedy=f"Write {rule.name} contains msg if {{ … }}, or {rule.name}[msg] {{ … }}.",
        )


def _nothing(unit: RegoUnitRules, choice: Choice, where: str) -> BadInput:
    wanted = "any namespace" if choice.has_all else choice.namespaces or (DEFAULT_NAMESPACE,)
    named = wanted if isinstance(wanted, str) else f"the namespace {', '.join(wanted)}"
    listed = [name for name in unit.packages if any(_is_rule_of(name, each) for each in unit.rules)]
    return BadInput(
        f"No rule deny, violation or warn stands in {named}.",
        where=where,
        remedy=f"Namespaces with such rules: {', '.join(listed)}; choose with --namespace or --all-namespaces."
        if listed
        else "Write deny contains msg if { … } in package main.",
    )


def _is_rule_of(package: str, rule: RegoRule) -> bool:
    return rule.package == package and _RULE.fullmatch(rule.name) is not None


def _exceptions(unit: RegoUnitRules, chosen: Sequence[RegoRule]) -> Mapping[str, RegoQuestion]:
    packages = {rule.package for rule in chosen}
    return {
        rule.package: RegoQuestion(0, rule)
        for rule in unit.rules
        if rule.name == EXCEPTION and rule.package in packages
    }


def _rule(rule: RegoRule, texts: Mapping[str, RegoModule], choice: Choice) -> PolicyRule:
    kind = RuleKind(rule.name.partition("_")[0])
    answer = GateAnswer.WARN if kind is RuleKind.WARN else GateAnswer.BLOCK
    control = choice.mapped.get(rule.id)
    if control is None:
        control = _annotated(_control(rule.id, texts[rule.path].text, answer), rule.told)
    return PolicyRule(RegoQuestion(0, rule), kind, control)


def _annotated(control: Control, told: Sequence[RuleNotes]) -> Control:
    """Give a rule with its title and description, where all annotated clauses agree, and the worst of their severities."""
    titles = {one.title for one in told if one.title}
    descriptions = {" ".join(one.description.split()) for one in told if one.description}
    severities = [severity_from_word(one.severity) for one in told if one.severity]
    title = dict.fromkeys(("en", "ja"), titles.pop()) if len(titles) == 1 else control.title
    statement = {"en": descriptions.pop()} if len(descriptions) == 1 else control.statement
    worst = min(severities, key=lambda severity: severity.rank, default=control.severity)
    return replace(control, title=title, statement=statement, severity=worst)


def _control(name: str, source: str, answer: GateAnswer) -> Control:
    """Give a rule as a control: as strict in every policy state."""
    return Control(
        id=ControlId(f"{POLICY_PREFIX}{name}"),
        version=hashlib.sha256(source.encode()).hexdigest()[:12],
        title={"en": f"Policy {name}", "ja": f"ポリシー {name}"},
        statement={"en": f"The policy {name} has nothing to say against it."},
        severity=Severity.UNKNOWN,
        resource="",
        require="",
        message="",
        points={},
        strictness=dict.fromkeys(PolicyState, answer),
    )


def _constraint(
    constraint: Constraint,
    places: Mapping[str, int],
    files: PolicyFiles,
    engine: RegoEngine,
    choice: Choice,
) -> PolicyConstraint:
    name = f"{constraint.kind}.{constraint.name}"
    template = next(each for each in files.templates if each.kind == constraint.kind)
    source = "".join(module.text for module in template.modules)
    answer = {"deny": GateAnswer.BLOCK, "warn": GateAnswer.WARN}.get(
        constraint.action, GateAnswer.ALLOW
    )
    control = choice.mapped.get(name) or _control(name, source, answer)
    if constraint.kind not in places:
        return PolicyConstraint(constraint, None, control)
    unit = places[constraint.kind]
    found = engine.units[unit]
    path = template.modules[0].path
    rule = next(
        (each for each in found.rules if each.name == _VIOLATION and each.path == path), None
    )
    if rule is None:
        raise BadInput(
            f"The template {constraint.kind} has no rule violation.",
            where=path,
            remedy='Write violation[{"msg": msg}] { … }.',
        )
    _refuse_plain(rule)
    needs = any(name == _INVENTORY or name.startswith(f"{_INVENTORY}.") for name in found.names)
    return PolicyConstraint(constraint, RegoQuestion(unit, rule), control, needs)


def _inventory(files: PolicyFiles) -> Mapping[str, object]:
    """Give the documents of a template: the objects of the cluster as Gatekeeper keeps them."""
    cluster: dict[str, dict[str, dict[str, object]]] = {}
    namespaced: dict[str, dict[str, dict[str, dict[str, object]]]] = {}
    for one in files.objects:
        name = text(one.value, "metadata", "name")
        namespace = text(one.value, "metadata", "namespace")
        home = namespaced.setdefault(namespace, {}) if namespace else cluster
        home.setdefault(one.api_version, {}).setdefault(one.kind, {})[name] = one.value
    return {"inventory": {"cluster": cluster, "namespace": namespaced}} if files.objects else {}

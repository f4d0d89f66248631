"""Gatekeeper's own objects: templates with their Rego, constraints, and which objects a constraint is about.

**source** https://open-policy-agent.github.io/gatekeeper/website/docs/constrainttemplates and …/howto (match)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tesuri.model.errors import BadInput
from tesuri.model.rego import RegoModule
from tesuri.subjects.kubernetes.objects import KubernetesObject
from tesuri.untrusted.shape import at, items, join_pointer, mapping, shape_name, text, texts

TEMPLATES: Final = "templates.gatekeeper.sh"
CONSTRAINTS: Final = "constraints.gatekeeper.sh"
_WEBHOOKS: Final = ("*", "validation.gatekeeper.sh", "gator.gatekeeper.sh")
_ACTIONS: Final = ("deny", "warn", "dryrun", "scoped")


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of constraint, with the Rego that decides."""

    kind: str
    where: str
    modules: tuple[RegoModule, ...]
    """The rule's module first, then its libraries; none when the template is written in CEL only."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One use of a template."""

    kind: str
    name: str
    where: str
    action: str
    """deny, warn or dryrun, as it holds for a webhook."""
    match: Mapping[str, object]
    parameters: Mapping[str, object]


def is_template(found: KubernetesObject) -> bool:
    """Whether an object is a ConstraintTemplate."""
    return found.kind == "ConstraintTemplate" and found.api_version.startswith(TEMPLATES)


def is_constraint(found: KubernetesObject) -> bool:
    """Whether an object is a constraint."""
    return found.api_version.startswith(f"{CONSTRAINTS}/")


def read_constraint_template(found: KubernetesObject) -> Template:
    """Read a template. **raises** BadInput with the pointer of what is missing."""
    kind = text(found.value, "spec", "crd", "spec", "names", "kind")
    where = found.document.where
    if not kind:
        raise _wrong(found, "/spec/crd/spec/names/kind", "The ConstraintTemplate names no kind.")
    targets = at(found.value, "spec", "targets")
    if not isinstance(targets, list) or not targets:
        what = f"The targets of a ConstraintTemplate are a list, not {shape_name(targets)}."
        raise _wrong(found, "/spec/targets", what)
    modules = tuple(_modules(found, "/spec/targets/0"))
    if not modules and not items(targets[0], "code"):
        raise _wrong(found, "/spec/targets/0", "The ConstraintTemplate holds no Rego.")
    return Template(kind, where, modules)


def _modules(found: KubernetesObject, target: str) -> Iterator[RegoModule]:
    entry = items(found.value, "spec", "targets")[0]
    places = [(entry, target)]
    places += [
        (at(code, "source"), join_pointer(target, "code", number, "source"))
        for number, code in enumerate(items(entry, "code"))
        if text(code, "engine") == "Rego"
    ]
    for source, pointer in places:
        if words := text(source, "rego"):
            yield _module(found, join_pointer(pointer, "rego"), words, "")
            for number, library in enumerate(items(source, "libs")):
                name = f"#lib{number + 1}"
                yield _module(found, join_pointer(pointer, "libs", number), str(library), name)
            return


def _module(found: KubernetesObject, pointer: str, words: str, name: str) -> RegoModule:
    line = found.document.origin(f"{found.pointer}{pointer}").line or 1
    # A block of text begins on the line below its key.
    first = line + 1 if "\n" in words else line
    return RegoModule(f"{found.document.where}{name}", words, first)


def read_constraint(found: KubernetesObject) -> Constraint:
    """Read a constraint. **raises** BadInput for an action or a part that is none."""
    spec = found.value.get("spec") or {}
    for key in ("match", "parameters"):
        part = at(spec, key)
        if part is not None and not isinstance(part, dict):
            what = f"{key} is {shape_name(part)}; a mapping is expected."
            raise _wrong(found, f"/spec/{key}", what)
    action = text(spec, "enforcementAction") or "deny"
    if action not in _ACTIONS:
        what = f"{action!r} is no enforcementAction; {', '.join(_ACTIONS)} are."
        raise _wrong(found, "/spec/enforcementAction", what)
    return Constraint(
        kind=found.kind,
        name=text(found.value, "metadata", "name") or "(no name)",
        where=found.document.where,
        action=_scoped(spec) if action == "scoped" else action,
        match=mapping(spec, "match"),
        parameters=mapping(spec, "parameters"),
    )


def _scoped(spec: object) -> str:
    """Give the strongest action that holds for a webhook."""
    actions = [
        text(one, "action")
        for one in items(spec, "scopedEnforcementActions")
        if any(text(point, "name") in _WEBHOOKS for point in items(one, "enforcementPoints"))
    ]
    return next((each for each in ("deny", "warn") if each in actions), "dryrun")


def _wrong(found: KubernetesObject, pointer: str, what: str) -> BadInput:
    document = found.document
    return BadInput(what, where=f"{document.where}#{document.pointer}{found.pointer}{pointer}")


def matches(
    constraint: Constraint,
    review: Mapping[str, object],
    namespaces: Mapping[str, Mapping[str, object]],
) -> bool | None:
    """Say whether a constraint is about a review; None when only the labels of an unknown namespace would tell.

    `namespaces` are the Namespace objects that are known, by name.
    """
    match = constraint.match
    looked_at = _object_of(review)
    name = text(looked_at, "metadata", "name") or text(review, "name")
    namespace = text(review, "namespace") or text(looked_at, "metadata", "namespace")
    is_namespace = text(review, "kind", "kind") == "Namespace" and not text(review, "kind", "group")
    home = name if is_namespace else namespace
    told = (
        _is_of_kind(items(match, "kinds"), review)
        and _is_of_scope(text(match, "scope"), has_namespace=bool(namespace) and not is_namespace)
        and (not home or _is_named(texts(match, "namespaces"), home, default=True))
        and (not home or not _is_named(texts(match, "excludedNamespaces"), home, default=False))
        and _is_named([text(match, "name")] if text(match, "name") else [], name, default=True)
        and text(match, "source") != "Generated"
        and _is_selected(at(match, "labelSelector"), review)
    )
    selector = at(match, "namespaceSelector")
    if not told or selector is None or not home:
        return told
    if is_namespace:
        return selects(selector, mapping(looked_at, "metadata", "labels"))
    if home not in namespaces:
        return None
    return selects(selector, mapping(namespaces[home], "metadata", "labels"))


def _object_of(review: Mapping[str, object]) -> Mapping[str, object]:
    return mapping(review, "object") or mapping(review, "oldObject")


def _is_of_kind(wanted: Sequence[object], review: Mapping[str, object]) -> bool:
    kind, group = text(review, "kind", "kind"), text(review, "kind", "group")
    return not wanted or any(
        _is_listed(kind, texts(one, "kinds")) and _is_listed(group, _groups(one)) for one in wanted
    )


def _groups(wanted: object) -> list[str]:
    """Give the groups; the empty one is the core group."""
    return [str(each) for each in items(wanted, "apiGroups")]


def _is_listed(word: str, listed: Sequence[str]) -> bool:
    return not listed or "*" in listed or word in listed


def _is_of_scope(scope: str, *, has_namespace: bool) -> bool:
    return {"Cluster": not has_namespace, "Namespaced": has_namespace}.get(scope, True)


def _is_named(patterns: Sequence[str], name: str, *, default: bool) -> bool:
    return any(_fits(each, name) for each in patterns) if patterns else default


def _fits(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern with a star before it, after it, or at both ends."""
    bare = pattern.strip("*")
    if pattern.startswith("*") and pattern.endswith("*"):
        return bare in name
    if pattern.startswith("*"):
        return name.endswith(bare)
    return name.startswith(bare) if pattern.endswith("*") else name == pattern


def _is_selected(selector: object, review: Mapping[str, object]) -> bool:
    """Whether the object, or what it was before, carries the labels."""
    if selector is None:
        return True
    parts = [mapping(review, part) for part in ("object", "oldObject")]
    return any(selects(selector, mapping(each, "metadata", "labels")) for each in parts if each)


def selects(selector: object, labels: Mapping[str, object]) -> bool:
    """Whether a label selector of Kubernetes takes these labels."""
    wanted = mapping(selector, "matchLabels")
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _meets(one, labels) for one in items(selector, "matchExpressions")
    )


def _meets(expression: object, labels: Mapping[str, object]) -> bool:
    value = labels.get(text(expression, "key"))
    listed = [str(each) for each in items(expression, "values")]
    operator = text(expression, "operator")
    if operator in ("Exists", "DoesNotExist"):
        return (value is not None) == (operator == "Exists")
    is_in = value is not None and value in listed
    return is_in if operator == "In" else not is_in

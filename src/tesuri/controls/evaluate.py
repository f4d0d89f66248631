"""Control × resource → verdict. It never raises: what cannot be decided is *unknown* with its reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.violating_parts import unknown_part, violating_parts
from tesuri.expressions.compiled import Evaluation, Undecided
from tesuri.expressions.values import kind_of
from tesuri.model.control import Control, Verdict, VerdictKind
from tesuri.model.resource import Change, Origin, Resource, Unknown, Value
from tesuri.untrusted.shape import join_pointer

_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
_HIDDEN: Final = "(sensitive)"


class Examined:
    """A resource as its controls see it: what is the same for all of them is made once.

    Without `now` nobody knows what an age is: a control that asks for it is unknown.
    """

    __slots__ = ("_shown", "beside", "names", "resource")

    def __init__(self, resource: Resource, now: datetime | None = None) -> None:
        self.resource = resource
        self.beside: Mapping[str, object] = {"now": now} if now else {}
        """The variables beside the resource."""
        self.names: dict[str, object] = {"resource": dict(resource.properties), **self.beside}
        """What a requirement is evaluated with."""
        self._shown: dict[str, Value] | None = None

    @property
    def shown(self) -> dict[str, Value]:
        """Give the properties with secret values replaced by a word."""
        if self._shown is None:
            self._shown = shown_properties(self.resource)
        return self._shown


def evaluate(
    compiled: CompiledControl, resource: Resource, *, now: datetime | None = None
) -> Verdict:
    """Give the verdict of a control on a resource, with the reason and the place of what decided it."""
    control = compiled.control
    if resource.type != control.resource:
        reason = f"it looks at {control.resource}"
        return _verdict(control, resource, VerdictKind.NOT_APPLICABLE, reason)
    found = judgement(compiled, Examined(resource, now))
    return passing(control, resource) if found is None else departing(control, resource, found)


def passing(control: Control, resource: Resource) -> Verdict:
    """Give the verdict on a resource that meets the requirement."""
    return _verdict(control, resource, VerdictKind.PASS, "")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a control says of a resource that it does not pass, apart from which resource that is."""

    kind: VerdictKind
    reason: str
    pointer: str = ""
    """Property that decided."""
    parts: tuple[str, ...] = ()
    is_broken: bool = False


def judgement(compiled: CompiledControl, examined: Examined) -> Judgement | None:
    """Give what a control says of a resource; None where it passes."""
    said = compiled.require.evaluate(examined.names)
    if said.value is True:
        return None
    if said.value is not False:
        return _undecided(examined.resource, said)
    resource, control = examined.resource, compiled.control
    pointer = pointer_of(said.witness)
    shown = examined.shown
    names = {"resource": shown, "part": value_at(shown, said.witness), **examined.beside}
    sentence = compiled.message.evaluate(names).value
    return Judgement(
        VerdictKind.FAIL,
        sentence if isinstance(sentence, str) else _fallback(control, pointer),
        pointer,
        violating_parts(compiled.require, resource.properties, shown, said, beside=examined.beside),
    )


def departing(
    control: Control, resource: Resource, found: Judgement, known_by: tuple[str, ...] = ()
) -> Verdict:
    """Give the verdict that a judgement is; `known_by` are the names under which the resource is certain to be the same."""
    return _verdict(
        control,
        resource,
        found.kind,
        found.reason,
        at=origin_of(resource, found.pointer),
        parts=found.parts,
        known_by=known_by if found.kind is VerdictKind.FAIL else (),
        is_broken=found.is_broken,
    )


def _verdict(
    control: Control,
    resource: Resource,
    kind: VerdictKind,
    reason: str,
    *,
    at: Origin | None = None,
    parts: tuple[str, ...] = (),
    known_by: tuple[str, ...] = (),
    is_broken: bool = False,
) -> Verdict:
    return Verdict(
        control=control.id,
        control_version=control.version,
        resource_type=resource.type,
        address=resource.address,
        kind=kind,
        severity=control.severity,
        reason=reason,
        at=at or resource.origin,
        parts=parts,
        account=resource.account,
        arn=resource.arn,
        names=known_by,
        seen_at=resource.seen_at,
        is_broken=is_broken,
    )


def _fallback(control: Control, pointer: str) -> str:
    statement = control.statement["en"]
    return f"{statement} ({pointer})" if pointer else statement


def _undecided(resource: Resource, said: Evaluation) -> Judgement:
    if not isinstance(said.value, Undecided):
        reason = f"the requirement gave a {kind_of(said.value)}, not true or false"
        return Judgement(VerdictKind.UNKNOWN, reason, parts=("resource unknown",))
    missing = said.value
    # NOTE: an error may quote the value that it stumbled over.
    reason = "an error on values that are sensitive" if resource.sensitive else missing.reason
    leaf = value_at(dict(resource.properties), missing.path) if missing.path else None
    flaw = leaf.flaw if isinstance(leaf, Unknown) else ""
    if flaw:
        reason = f"{missing.path} is {flaw}"
    elif missing.path:
        is_planned = resource.change is not Change.EXISTS
        reason = f"{missing.path} is {'known only after apply' if is_planned else 'not known'}"
    return Judgement(
        VerdictKind.UNKNOWN,
        reason.removeprefix("resource."),
        pointer_of(missing.path),
        (unknown_part(missing, resource.properties),),
        is_broken=bool(flaw),
    )


def pointer_of(path: str) -> str:
    """Turn resource.Rules[0].Port into /Rules/0/Port; empty for paths of anything else."""
    if not path.startswith("resource"):
        return ""
    steps = _STEP.finditer(path.removeprefix("resource"))
    return join_pointer("", *(step[1] or step[2] for step in steps))


def origin_of(resource: Resource, pointer: str) -> Origin:
    """Give where the nearest known part around a pointer is written."""
    while pointer:
        if pointer in resource.origins:
            return resource.origins[pointer]
        pointer = pointer.rpartition("/")[0]
    return resource.origin


def value_at(value: Value, path: str) -> Value:
    """Give what stands at resource.Rules[0]; None where nothing does."""
    for step in _STEP.finditer(path.removeprefix("resource")):
        if isinstance(value, dict):
            value = value.get(step[1] or step[2])
        elif isinstance(value, list) and step[2]:
            value = value[int(step[2])]
        else:
            return None
    return value


def shown_properties(resource: Resource) -> dict[str, Value]:
    """Give the properties with secret values replaced by a word."""
    shown = _shown(dict(resource.properties), resource.sensitive, "")
    return shown if isinstance(shown, dict) else {}


def _shown(value: Value, sensitive: frozenset[str], pointer: str) -> Value:
    """Give a value in which secret leaves are replaced by a word."""
    if not sensitive:
        return value
    if pointer in sensitive:
        return _HIDDEN
    if isinstance(value, dict):
        return {
            key: _shown(part, sensitive, join_pointer(pointer, key)) for key, part in value.items()
        }
    if isinstance(value, list):
        return [
            _shown(part, sensitive, join_pointer(pointer, index))
            for index, part in enumerate(value)
        ]
    return value

"""Control × resource → verdict. It never raises: what cannot be decided is *unknown* with its reason."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tesuri.controls.compiled import CompiledControl
from tesuri.controls.violating_parts import unknown_part, violating_parts
from tesuri.expressions.compiled import Evaluation, Undecided
from tesuri.expressions.values import kind_of
from tesuri.model.control import Control, Verdict, VerdictKind
from tesuri.model.resource import Change, Origin, Resource, Value
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
    examined = Examined(resource, now)
    said = compiled.require.evaluate(examined.names)
    return passing(control, resource) if said.is_true else departing(compiled, examined, said)


def passing(control: Control, resource: Resource) -> Verdict:
    """Give the verdict on a resource that meets the requirement."""
    return _verdict(control, resource, VerdictKind.PASS, "")


def departing(
    compiled: CompiledControl, examined: Examined, said: Evaluation, known_by: tuple[str, ...] = ()
) -> Verdict:
    """Give the verdict on a resource that does not meet the requirement, or of which nobody can tell.

    `said` is what the requirement gave; `known_by` are the names under which the resource is certain to be the same.
    """
    if not said.is_false:
        return _undecided(compiled.control, examined.resource, said)
    resource, control = examined.resource, compiled.control
    pointer = pointer_of(said.witness)
    shown = examined.shown
    names = {"resource": shown, "part": value_at(shown, said.witness), **examined.beside}
    sentence = compiled.message.evaluate(names).value
    return _verdict(
        control,
        resource,
        VerdictKind.FAIL,
        sentence if isinstance(sentence, str) else _fallback(control, pointer),
        at=origin_of(resource, pointer),
        parts=violating_parts(
            compiled.require, resource.properties, shown, said, beside=examined.beside
        ),
        known_by=known_by,
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
    )


def _fallback(control: Control, pointer: str) -> str:
    statement = control.statement["en"]
    return f"{statement} ({pointer})" if pointer else statement


def _undecided(control: Control, resource: Resource, said: Evaluation) -> Verdict:
    if not isinstance(said.value, Undecided):
        reason = f"the requirement gave a {kind_of(said.value)}, not true or false"
        parts: tuple[str, ...] = ("resource unknown",)
        return _verdict(control, resource, VerdictKind.UNKNOWN, reason, parts=parts)
    missing = said.value
    # NOTE: an error may quote the value that it stumbled over.
    reason = "an error on values that are sensitive" if resource.sensitive else missing.reason
    if missing.path:
        is_planned = resource.change is not Change.EXISTS
        reason = f"{missing.path} is {'known only after apply' if is_planned else 'not known'}"
    return _verdict(
        control,
        resource,
        VerdictKind.UNKNOWN,
        reason.removeprefix("resource."),
        at=origin_of(resource, pointer_of(missing.path)),
        parts=(unknown_part(missing, resource.properties),),
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

"""Control × resource → verdict. It never raises: what cannot be decided is *unknown* with its reason."""

import re
from collections.abc import Mapping
from dataclasses import replace
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


def evaluate(
    compiled: CompiledControl, resource: Resource, *, now: datetime | None = None
) -> Verdict:
    """Give the verdict of a control on a resource, with the reason and the place of what decided it.

    Without `now` nobody knows what an age is: a control that asks for it is unknown.
    """
    control = compiled.control
    if resource.type != control.resource:
        reason = f"it looks at {control.resource}"
        return _verdict(control, resource, VerdictKind.NOT_APPLICABLE, reason)
    beside = {"now": now} if now else {}
    said = compiled.require.evaluate({"resource": dict(resource.properties), **beside})
    if said.is_true:
        return _verdict(control, resource, VerdictKind.PASS, "")
    if said.is_false:
        failing = _verdict(control, resource, VerdictKind.FAIL, "")
        return _failed(failing, compiled, resource, said, beside)
    return _undecided(_verdict(control, resource, VerdictKind.UNKNOWN, ""), resource, said)


def _verdict(control: Control, resource: Resource, kind: VerdictKind, reason: str) -> Verdict:
    return Verdict(
        control=control.id,
        control_version=control.version,
        resource_type=resource.type,
        address=resource.address,
        kind=kind,
        severity=control.severity,
        reason=reason,
        at=resource.origin,
        account=resource.account,
        arn=resource.arn,
    )


def _failed(
    verdict: Verdict,
    compiled: CompiledControl,
    resource: Resource,
    said: Evaluation,
    beside: Mapping[str, object],
) -> Verdict:
    pointer = pointer_of(said.witness)
    shown = shown_properties(resource)
    names = {"resource": shown, "part": value_at(shown, said.witness), **beside}
    sentence = compiled.message.evaluate(names).value
    reason = sentence if isinstance(sentence, str) else _fallback(compiled.control, pointer)
    return replace(
        verdict,
        reason=reason,
        at=origin_of(resource, pointer),
        parts=violating_parts(compiled.require, resource.properties, shown, said, beside=beside),
    )


def _fallback(control: Control, pointer: str) -> str:
    statement = control.statement["en"]
    return f"{statement} ({pointer})" if pointer else statement


def _undecided(verdict: Verdict, resource: Resource, said: Evaluation) -> Verdict:
    if not isinstance(said.value, Undecided):
        reason = f"the requirement gave a {kind_of(said.value)}, not true or false"
        return replace(verdict, reason=reason, parts=("resource unknown",))
    missing = said.value
    # NOTE: an error may quote the value that it stumbled over.
    reason = "an error on values that are sensitive" if resource.sensitive else missing.reason
    if missing.path:
        is_planned = resource.change is not Change.EXISTS
        reason = f"{missing.path} is {'known only after apply' if is_planned else 'not known'}"
    at = origin_of(resource, pointer_of(missing.path))
    return replace(
        verdict,
        kind=VerdictKind.UNKNOWN,
        reason=reason.removeprefix("resource."),
        at=at,
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

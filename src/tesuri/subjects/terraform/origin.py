"""Where a property of a mapped Terraform resource is written: the way back from property to attribute.

Nothing is remembered while resources are read; the way is looked for only when somebody asks for a place.
"""

from tesuri.model.resource import Origin
from tesuri.subjects.drafts import Locate
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.mapping import Block
from tesuri.subjects.terraform.plan_document import PlannedResource
from tesuri.untrusted.shape import join_pointer


def locate(planned: PlannedResource, block: Block) -> Locate:
    """Give the function that finds the attribute behind a property pointer; the resource when there is none."""

    def look(pointer: str) -> Origin:
        path = _way(planned.values, block, pointer.split("/")[1:])
        return planned.origin_of(join_pointer("", *path)) if path else planned.origin

    return look


def _way(values: Planned, block: Block, steps: list[str]) -> list[str | int]:
    """Give the path of the attribute that wrote the property at some steps; the longest that is found."""
    best: list[str | int] = []
    for key, value in values.items() if isinstance(values, dict) else ():
        step = block.step(key)
        if step is None or value is None:
            continue
        names = [name.removesuffix("[]") for name in step.path]
        rest = steps[len(names) :]
        if steps[: len(names)] != names:
            continue
        found: list[str | int] = [key]
        if step.inner is not None:
            deeper, is_here = _into(value, step.inner, rest), not step.path
            if is_here and not deeper:
                continue
            found += deeper
        elif rest and isinstance(value, list) and rest[0].isdecimal() and int(rest[0]) < len(value):
            found.append(int(rest[0]))
        best = max(best, found, key=len)
    return best


def _into(value: Planned, block: Block, steps: list[str]) -> list[str | int]:
    if isinstance(value, dict):
        return _way(value, block, steps[1:] if steps and steps[0].isdecimal() else steps)
    if not isinstance(value, list):
        return []
    number, rest = 0, steps
    if steps and steps[0].isdecimal():
        number, rest = int(steps[0]), steps[1:]
    if number >= len(value):
        return []
    deeper = _way(value[number], block, rest)
    return [number, *deeper]

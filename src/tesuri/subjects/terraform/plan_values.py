"""The planned values of one resource: what is known, what is known after apply, what is secret.

Terraform writes three parallel trees: `after`, `after_unknown` (true where the value comes with apply) and
`after_sensitive` (true where it must not be shown). Here they become one. Parts without any mark are not copied.
"""

from collections.abc import Mapping

from tesuri.model.resource import UNKNOWN
from tesuri.subjects.planned import Planned, Sensitive


def merge(after: object, unknown: object, sensitive: object) -> Planned:
    """Give one tree out of the three."""
    if unknown is True:
        return UNKNOWN
    is_late, is_secret = is_marked(unknown), is_marked(sensitive)
    if not is_late and not is_secret:
        return _plain_json(after)
    if isinstance(after, dict) or (after is None and is_late and isinstance(unknown, dict)):
        return _merge_mapping(after, unknown, sensitive)
    if isinstance(after, list):
        return [
            merge(item, _below(unknown, index), _below(sensitive, index))
            for index, item in enumerate(after)
        ]
    if isinstance(after, bool | int | float | str):
        return Sensitive(after) if sensitive is True else after
    return None


def is_marked(mark: object) -> bool:
    """Whether a tree of marks holds a true one."""
    if mark is True:
        return True
    if not mark:
        return False
    parts = mark.values() if isinstance(mark, dict) else mark if isinstance(mark, list) else ()
    return any(is_marked(part) for part in parts)


def with_omitted(values: dict[str, Planned], written: Mapping[str, object]) -> dict[str, Planned]:
    """Add what the configuration sets but the values leave out: plans without changes omit what is not known."""
    found = dict(values)
    for key, expression in written.items():
        present = found.get(key)
        blocks = expression if isinstance(expression, list) else [expression]
        if key not in found:
            found[key] = UNKNOWN
        elif isinstance(present, list) and len(present) == len(blocks):
            found[key] = [
                with_omitted(part, block)
                if isinstance(part, dict) and isinstance(block, dict)
                else part
                for part, block in zip(present, blocks, strict=True)
            ]
    return found


def _plain_json(value: object) -> Planned:
    """Give a value of the JSON decoder as what it is: it makes nothing else."""
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return None


def _merge_mapping(after: object, unknown: object, sensitive: object) -> Planned:
    values = after if isinstance(after, dict) else {}
    merged: dict[str, Planned] = dict(values)
    late = unknown if isinstance(unknown, dict) else {}
    for key, mark in late.items():
        if mark is True:
            merged[key] = UNKNOWN
        elif is_marked(mark):
            merged[key] = merge(values.get(key), mark, _below(sensitive, key))
    for key in values if sensitive is True else sensitive if isinstance(sensitive, dict) else ():
        if key not in late or not is_marked(late[key]):
            merged[key] = merge(values.get(key), None, _below(sensitive, key))
    return merged


def _below(marks: object, key: int | str) -> object:
    """Give the mark of a part; a mark on the whole holds for each part."""
    if isinstance(marks, dict):
        return marks.get(key)
    if isinstance(marks, list):
        return marks[key] if isinstance(key, int) and key < len(marks) else None
    return marks is True

"""The shape of a resource type: its property names and what their values are. Types are decoded when first asked for.

Shapes come from the generated `resource_shapes.py`. A type without a shape is not a mistake: a customer's own type has
none, and its property paths are not checked.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tesuri.model.resource_shapes import JOINED, OWN, PUBLISHED

Shape = str | list["Shape"] | dict[str, "Shape"]
"""A word for a leaf (string, integer, number, boolean, map, policy), a list of one element, or a mapping of names."""

_TEXTS: Final[Shape] = ["string"]
POLICY: Final[dict[str, Shape]] = {
    "Id": "string",
    "Statement": [
        {
            "Action": _TEXTS,
            "Condition": "map",
            "Effect": "string",
            "NotAction": _TEXTS,
            "NotPrincipal": "map",
            "NotResource": _TEXTS,
            "Principal": "map",
            "Resource": _TEXTS,
            "Sid": "string",
        }
    ],
    "Version": "string",
}
"""An IAM policy in its normal form: statements, actions, resources and principals are always lists."""


@cache
def resource_shape(kind: str) -> Mapping[str, Shape] | None:
    """Give the properties of a type; None for a type that is not known here."""
    if kind in OWN:
        return _decoded(OWN[kind])
    if kind not in PUBLISHED:
        return None
    return _decoded(PUBLISHED[kind]) | (_decoded(JOINED[kind]) if kind in JOINED else {})


def resource_types() -> Iterator[str]:
    """Give every type that has a shape, in the order of the alphabet."""
    yield from sorted({*PUBLISHED, *OWN})


def is_published(kind: str) -> bool:
    """Whether the provider publishes the type; the names of the others are ours."""
    return kind in PUBLISHED


def _decoded(text: str) -> dict[str, Shape]:
    shape: dict[str, Shape] = json.loads(text)
    return shape

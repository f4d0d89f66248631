"""What an answer of the API leaves out because it is the default, filled as for plans and templates.

Three properties of a bucket are not: a new bucket has them without a word, but an account that answers "there is none"
means it.
"""

import json
from functools import cache
from typing import Final

from tesuri.model.resource import UNKNOWN, Origin
from tesuri.model.resource_shapes import JOINED
from tesuri.subjects.aws.defaults import fill_defaults
from tesuri.subjects.aws.recorded.things import DETAILS, LISTINGS
from tesuri.subjects.drafts import Draft
from tesuri.subjects.planned import Planned

_MEANT: Final = {
    "AWS::S3::Bucket": ("BucketEncryption", "OwnershipControls", "PublicAccessBlockConfiguration")
}


_NEVER_READ: Final = frozenset({"LogDeliveries"})
"""What controls take as absent here: logs of a distribution count live when it writes them itself, as in AWS Config's rule."""


@cache
def joined_names(kind: str) -> frozenset[str]:
    """Give the properties of a type that come from other resources: no call about the type itself tells them."""
    told = {name for one in DETAILS if one.kind == kind for name in one.fills}
    told |= {name for one in LISTINGS if one.kind == kind for name in one.renames}
    return frozenset(json.loads(JOINED.get(kind, "{}"))) - told - _NEVER_READ


def complete(kind: str, properties: dict[str, Planned]) -> frozenset[str]:
    """Fill the documented defaults of a type, and give the pointers of what was filled.

    What other resources would have told and nobody joined is unknown, never a default.
    """
    filled = complete_new(kind, properties)
    meant = {f"/{name}" for name in _MEANT.get(kind, ())} & filled
    for pointer in meant:
        del properties[pointer[1:]]
    return filled - meant


def complete_new(kind: str, properties: dict[str, Planned]) -> frozenset[str]:
    """Fill the documented defaults of what was just made: there, none of them is left out on purpose."""
    for name in joined_names(kind) - properties.keys():
        properties[name] = UNKNOWN
    draft = Draft(
        type=kind,
        address="",
        properties=properties,
        origin=Origin(),
        locate=lambda _: Origin(),
        link=lambda _, __: (),
        is_set=lambda _: True,
    )
    fill_defaults(draft)
    return draft.defaults

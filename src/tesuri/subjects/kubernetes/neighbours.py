"""What stands in a namespace beside other things: each namespace gets the names of its network policies.

Nothing of a namespace itself says so. Where the input may leave policies out, what it does not show is unknown.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tesuri.model.resource import UNKNOWN, Resource, Value
from tesuri.untrusted.shape import at, text

_NAMESPACE: Final = "k8s:v1/Namespace"
_POLICY: Final = "k8s:networking.k8s.io/v1/NetworkPolicy"
_FIELD: Final = "networkPolicies"


def with_neighbours(resources: Iterable[Resource], *, is_complete: bool) -> tuple[Resource, ...]:
    """Give the resources, each namespace with the policies in it.

    `is_complete` says that the input holds every policy that there is: then none found is none.
    """
    found = tuple(resources)
    if not any(one.type == _NAMESPACE for one in found):
        return found
    policies = [one for one in found if one.type == _POLICY]
    return tuple(
        _with_policies(one, policies, is_complete=is_complete) if one.type == _NAMESPACE else one
        for one in found
    )


def _with_policies(
    namespace: Resource, policies: Iterable[Resource], *, is_complete: bool
) -> Resource:
    name = at(namespace.properties, "metadata", "name")
    places = [(one, at(one.properties, "metadata", "namespace")) for one in policies]
    names: list[Value] = [
        text(one.properties, "metadata", "name") for one, place in places if place == name
    ]
    is_unsure = not is_complete or name is UNKNOWN or any(place is UNKNOWN for _, place in places)
    told: Value = names or (UNKNOWN if is_unsure else [])
    return replace(namespace, properties={**namespace.properties, _FIELD: told})

"""Checks between records: every name leads somewhere, and no two assets claim one target."""

from collections.abc import Mapping, Sequence

from tesuri.model.estate import Asset, Journey, Service
from tesuri.routing.declared.collect import Collection, Placed
from tesuri.routing.declared.fields import Fault
from tesuri.routing.targets import plain_target, ties
from tesuri.untrusted.shape import at, items, join_pointer, mapping, text, texts

_OWNERSHIP_MAPS = ("tag_values", "namespaces", "paths", "repositories")


def check_services(services: Sequence[Placed[Service]], found: Collection) -> None:
    """Keep a fault for each service whose team nobody declared."""
    for placed in services:
        if placed.record.team:
            found.refer("team", placed.record.team, placed, "/team")


def check_journeys(journeys: Sequence[Placed[Journey]], found: Collection) -> None:
    """Keep a fault for each service of a journey that nobody declared."""
    for placed in journeys:
        for position, service in enumerate(placed.record.services):
            found.refer("service", service, placed, f"/services/{position}")


def check_assets(assets: Sequence[Placed[Asset]], found: Collection) -> None:
    """Keep a fault for each asset of an unknown service, and for each tie between two assets."""
    places: dict[str, Placed[Asset]] = {}
    for placed in assets:
        places.setdefault(placed.record.id, placed)
        if placed.record.service:
            found.refer("service", placed.record.service, placed, "/service")
    _check_former_names(places, found)
    for tie in ties([placed.record for placed in places.values()]):
        same = tie.pattern == tie.other_pattern
        what = (
            f"The target {tie.other_pattern!r} is claimed by {tie.one.id} and by {tie.other.id}."
            if same
            else f"{tie.other_pattern!r} of {tie.other.id} and {tie.pattern!r} of {tie.one.id} "
            "can match one target with equal right."
        )
        fault = Fault("/targets", what, "Make one pattern more specific.")
        found.faults.append(places[tie.other.id].fault(fault))


def _check_former_names(places: Mapping[str, Placed[Asset]], found: Collection) -> None:
    """Keep a fault for each former name that is still somebody's, or that two assets claim."""
    present = {
        plain_target(name): placed.record.id
        for placed in places.values()
        for name in (*placed.record.targets, placed.record.name, placed.record.id)
    }
    claimed: dict[str, str] = {}
    for placed in places.values():
        for position, name in enumerate(placed.record.formerly):
            former = plain_target(name)
            other = present.get(former) or claimed.setdefault(former, placed.record.id)
            if other == placed.record.id:
                continue
            what = f"The former name {name!r} of {placed.record.id} is one of {other}."
            fault = Fault(
                f"/formerly/{position}", what, "Leave it to one of them; findings follow it."
            )
            found.faults.append(placed.fault(fault))


def check_settings(settings: Placed[object], found: Collection) -> None:
    """Keep a fault for each service that the ownership rules or exclusions name in vain."""
    rules = mapping(settings.record, "ownership")
    for part in _OWNERSHIP_MAPS:
        _check_map(mapping(rules, part), f"/ownership/{part}", settings, found)
    if text(rules, "default"):
        found.refer("service", text(rules, "default"), settings, "/ownership/default")
    for position, window in enumerate(items(settings.record, "exclusions")):
        for index, service in enumerate(texts(window, "services")):
            pointer = f"/exclusions/{position}/services/{index}"
            found.refer("service", service, settings, pointer)


def _check_map(
    rules: Mapping[str, object], pointer: str, settings: Placed[object], found: Collection
) -> None:
    for name in rules:
        found.refer("service", text(at(rules, name)), settings, join_pointer(pointer, name))

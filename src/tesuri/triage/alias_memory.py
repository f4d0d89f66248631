"""Aliases across reports: an advisory keeps the canonical id that it was once given.

Identities are made of canonical ids, so a CVE that is assigned later must not rename the finding of its GHSA.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tesuri.triage.aliases import Aliases, alias_table, is_bundle, normal_id


def learn(remembered: Mapping[str, str], id_sets: Iterable[Iterable[str]]) -> Aliases:
    """Give the table that follows from what is remembered and these sets.

    An id that means the same as a remembered one takes its canonical id. Where ids were given different
    canonical ids before, each keeps its own: joining their findings is a decision of its own.
    """
    alone, joined = _divided(remembered, id_sets)
    families: defaultdict[str, set[str]] = defaultdict(set)
    for name, canonical in remembered.items():
        families[canonical] |= {name, canonical}
    fresh = alias_table([*families.values(), *joined]).canonical_of
    older: defaultdict[str, set[str]] = defaultdict(set)
    for name, canonical in fresh.items():
        if name in remembered:
            older[canonical].add(remembered[name])
    table = {
        name: remembered.get(name) or (min(older[canonical]) if canonical in older else canonical)
        for name, canonical in fresh.items()
    }
    return Aliases({**alone, **table})


def _divided(
    remembered: Mapping[str, str], id_sets: Iterable[Iterable[str]]
) -> tuple[dict[str, str], list[Iterable[str]]]:
    """Tell ids that mean nothing but themselves, nearly all of them, from sets that have to be joined."""
    alone: set[str] = set()
    joined: list[Iterable[str]] = []
    for ids in id_sets:
        names = {normal_id(name) for name in ids}
        if len(names) > 1:
            joined.append(ids)
        else:
            alone |= {name for name in names if name and not is_bundle(name)}
    elsewhere = {normal_id(name) for ids in joined for name in ids}
    elsewhere |= {*remembered, *remembered.values()}
    joined += [(name,) for name in alone & elsewhere]
    return {name: name for name in alone - elsewhere}, joined

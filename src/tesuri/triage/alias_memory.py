"""Aliases across reports: an advisory keeps the canonical id that it was once given.

Identities are made of canonical ids, so a CVE that is assigned later must not rename the finding of its GHSA.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tesuri.triage.aliases import Aliases, alias_table


def learn(remembered: Mapping[str, str], id_sets: Iterable[Iterable[str]]) -> Aliases:
    """Give the table that follows from what is remembered and these sets.

    An id that means the same as a remembered one takes its canonical id. Where ids were given different
    canonical ids before, each keeps its own: joining their findings is a decision of its own.
    """
    families: defaultdict[str, set[str]] = defaultdict(set)
    for name, canonical in remembered.items():
        families[canonical] |= {name, canonical}
    fresh = alias_table([*families.values(), *id_sets]).canonical_of
    older: defaultdict[str, set[str]] = defaultdict(set)
    for name, canonical in fresh.items():
        if name in remembered:
            older[canonical].add(remembered[name])
    return Aliases(
        {
            name: remembered.get(name)
            or (min(older[canonical]) if canonical in older else canonical)
            for name, canonical in fresh.items()
        }
    )

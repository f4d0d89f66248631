"""Which advisory ids mean the same vulnerability, learned from the reports themselves.

A union–find over the id sets that reports give. It refuses two joins that would be wrong: two CVEs
never become one, and a bundle (RHSA, USN, DSA …) is not another name of a CVE that it fixes.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

# One vendor notice fixes many CVEs: these are never aliases.
_BUNDLE = re.compile(
    r"(RH[SBE]A|ELSA|ELBA|USN|D[SL]A|ALAS\w*|(OPEN)?SUSE-[SRFO]U|FEDORA(-EPEL)?|GLSA|ALSA|ALBA|RLSA|"
    r"RXSA|MGASA\w*|VMSA|ASA|SSA|MS\d\d|KB\d|CLSA|BSA|CISCO-SA|APSB)(?=[-:\d])"
)
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
# Whose id names a vulnerability when there is no CVE, best known first.
_PREFERENCE = ("CVE-", "GHSA-", "OSV-", "PYSEC-", "GO-", "RUSTSEC-", "MAL-", "SNYK-")


@dataclass(frozen=True, slots=True)
class Aliases:
    """A finished alias table: id → canonical id. An id that is not in it is its own canonical."""

    canonical_of: Mapping[str, str] = field(default_factory=dict)

    def canonical(self, rule: str, advisories: Iterable[str]) -> str:
        """Give the one canonical advisory of a record, or "" when it covers several or none.

        The rule decides where it is an advisory itself; otherwise the ids of the record do.
        """
        names = {self._of(name) for name in map(normal_id, advisories) if name}
        direct = self._of(normal_id(rule))
        cves = {name for name in names if is_cve(name)}
        if is_cve(direct) or normal_id(rule) in self.canonical_of:
            return direct
        if len(cves) == 1:
            return cves.pop()
        if cves:
            return direct if direct in names else ""
        separate = {name for name in names if not is_bundle(name)} or names
        if direct in separate or (not separate and direct.startswith(_PREFERENCE)):
            return direct
        return min(separate, key=_order, default="")

    def _of(self, name: str) -> str:
        return self.canonical_of.get(name, name)


def alias_table(id_sets: Iterable[Iterable[str]]) -> Aliases:
    """Join the ids of each set into one vulnerability and name it, CVE first.

    Gives the same table for any order of the sets and of the ids in them. Where a chain of sets
    would join several CVEs, each CVE stays itself and the ids between them stay apart.

    **cost** one pass, near linear in the ids.
    """
    parents: dict[str, str] = {}
    links: defaultdict[str, set[str]] = defaultdict(set)
    for ids in id_sets:
        names = linkable(ids)
        for name in names:
            parents.setdefault(name, name)
            links[name].update(names)
            _unite(parents, names[0], name)
    members: defaultdict[str, list[str]] = defaultdict(list)
    for name in parents:
        members[_root(parents, name)].append(name)
    table: dict[str, str] = {}
    for names in members.values():
        table.update(_named(names, links))
    return Aliases(table)


def linkable(ids: Iterable[str]) -> list[str]:
    """Give the ids of one record that are names of one thing; none when the record covers several CVEs."""
    names = sorted({normal_id(name) for name in ids if name.strip()}, key=_order)
    names = [name for name in names if not is_bundle(name)]
    return names if sum(map(is_cve, names)) <= 1 else []


@lru_cache(maxsize=16_384)  # An id is asked about a dozen times on its way in.
def normal_id(name: str) -> str:
    """Give an advisory id as its makers write it: CVE-…, GHSA-xxxx-xxxx-xxxx with a lower-case tail."""
    plain = name.strip()
    upper = plain.upper()
    if upper.startswith("GHSA-"):
        return f"GHSA-{plain[5:].lower()}"
    return upper


@lru_cache(maxsize=16_384)
def is_cve(name: str) -> bool:
    """Whether the id is a CVE."""
    return _CVE.fullmatch(name) is not None


def is_bundle(name: str) -> bool:
    """Whether the id is a vendor notice that may fix several vulnerabilities."""
    return _BUNDLE.match(name) is not None


def _named(names: list[str], links: Mapping[str, set[str]]) -> dict[str, str]:
    cves = {name for name in names if is_cve(name)}
    if len(cves) <= 1:
        first = min(names, key=_order)
        return dict.fromkeys(names, first)
    direct = {name: links[name] & cves for name in names}
    return {name: min(near) if len(near) == 1 else name for name, near in direct.items()}


def _root(parents: dict[str, str], name: str) -> str:
    while parents[name] != name:
        parents[name] = parents[parents[name]]
        name = parents[name]
    return name


def _unite(parents: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first


def _order(name: str) -> tuple[int, str]:
    for rank, prefix in enumerate(_PREFERENCE):
        if name.startswith(prefix):
            return rank, name
    return len(_PREFERENCE), name

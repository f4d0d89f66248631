"""Looks up what the loaded feeds say of a finding's CVEs. The worst counts where it has several."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tesuri.model.signal import (
    EpssScore,
    Exploit,
    FeedHeader,
    KevEntry,
    Signals,
)
from tesuri.triage.aliases import is_cve, normal_id


@dataclass(frozen=True, slots=True)
class SignalIndex:
    """The loaded feeds, by CVE."""

    kev: Mapping[str, KevEntry] = field(default_factory=dict)
    epss: Mapping[str, EpssScore] = field(default_factory=dict)
    exploits: Mapping[str, tuple[Exploit, ...]] = field(default_factory=dict)
    snapshots: tuple[FeedHeader, ...] = ()


def signals_of(advisories: Iterable[str], index: SignalIndex) -> Signals:
    """Give the signals for the CVEs among these advisory ids; earliest KEV date, highest EPSS score."""
    cves = sorted({name for name in map(normal_id, advisories) if is_cve(name)})
    listed = [index.kev[cve] for cve in cves if cve in index.kev]
    scored = [index.epss[cve] for cve in cves if cve in index.epss]
    exploits = {exploit for cve in cves for exploit in index.exploits.get(cve, ())}
    return Signals(
        kev=min(listed, key=lambda entry: (entry.date_added, entry.cve), default=None),
        epss=max(scored, key=lambda entry: (entry.score, entry.cve), default=None),
        exploits=_sorted(exploits),
        snapshots=tuple(sorted(index.snapshots, key=lambda header: header.name)),
        cves=tuple(cves),
    )


def exploit_sources(exploits: Sequence[Exploit]) -> str:
    """Give the names of the sources that know an exploit: Exploit-DB, Metasploit."""
    return ", ".join(sorted({exploit.source.label for exploit in exploits}))


def _sorted(exploits: Iterable[Exploit]) -> tuple[Exploit, ...]:
    return tuple(sorted(exploits, key=lambda entry: (entry.cve, entry.source, entry.reference)))

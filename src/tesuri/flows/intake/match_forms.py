"""Recognise in one form of a tool's report what another form of it showed before, JSON and SARIF say.

Only where reports of one tool about one target come in more than one form; everybody else pays nothing. What a form has
shown is remembered, so that its own silence about a finding is never taken for another name of it: identities made
of code and resources stay what they are, and a place speaks only between two forms that did not share the finding yet.
"""

import base64
import binascii
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import orjson

from tesuri.flows.intake.recognise_findings import Arrival, Recognised, Recognition, Seen
from tesuri.model.identifiers import FindingKey, Identity
from tesuri.model.report_form import FormReport, StandingPlace
from tesuri.model.standing import Unseen
from tesuri.ports import Writer
from tesuri.triage.fingerprint import BY_PLACE, is_known_by_title
from tesuri.triage.same_place import Folders, Spot, Where, folders_between, pairs
from tesuri.untrusted.shape import mapping, text

MOST_TO_MATCH: Final = 20_000
"""Records that are looked at together; of a longer report only so many find what another form showed."""

_IDENTITY_BYTES: Final = 16


def comes_in_other_forms(reports: Sequence[FormReport], form: str) -> bool:
    """Whether reports of this tool and target came in another form too."""
    return any(each.form != form for each in reports)


class FormMatching:
    """One report of a tool that also reports in another form."""

    def __init__(
        self,
        arrival: Arrival,
        writer: Writer,
        reports: Sequence[FormReport],
        rule_controls: Mapping[str, str],
    ) -> None:
        """Take the report's scan, and the reports before it by time."""
        self._writer = writer
        self._names = rule_controls
        self._form = arrival.form
        self._place = arrival.place
        self._forms: defaultdict[int, set[str]] = defaultdict(set)
        for each in reports:
            self._forms[each.scan].add(each.form)
        self._is_in_turn = _is_in_turn(arrival, reports)
        self._standing = {
            each.identity: each for each in writer.standing_places(arrival.place.scope)
        }
        self._keys = {each.key: each for each in self._standing.values()}
        self._memo = _memo_name(arrival)
        self._shown = self._known_shown()
        self._shown_before = frozenset(self._shown[self._form])
        self._parted = writer.parted_identities()
        self._places: set[tuple[Where, int]] = set()
        self._folders = Folders("", "")
        self.links: dict[Identity, list[Identity]] = defaultdict(list)
        """Identities that lead to a finding from now on, by its own."""
        self.merges: list[tuple[FindingKey, FindingKey]] = []
        """Findings that turned out to be one, the older first."""
        self._is_first = True

    def settle(self, found: Recognised, recognition: Recognition) -> Recognised:
        """Give the findings of a batch under the identities of those that another form showed."""
        if not self._is_first:
            self._note_places(found.first)
            self._shown[self._form].update(each.identity for each in found.first)
            return found
        self._is_first = False
        spots = {each.identity: self._spot(each) for each in found.first if _is_by_place(each)}
        here = [each for each in self._standing.values() if each.kind in BY_PLACE]
        self._folders = folders_between(
            (each.path for each in spots.values()), (each.path for each in here)
        )
        names = self._by_line(found.first, spots, recognition)
        renamed = {identity: names.get(identity, identity) for identity in spots}
        claimed = {names.get(each.identity, each.identity) for each in found.first}
        names |= self._by_place(spots, renamed, claimed)
        settled: dict[Identity, Seen] = {}
        for each in found.first:
            seen = each._replace(identity=names.get(each.identity, each.identity))
            before = settled.setdefault(seen.identity, seen)
            if seen.placed.rank < before.placed.rank:
                settled[seen.identity] = seen
        recognition.rename(names)
        self._note_places(found.first)
        self._shown[self._form].update(settled)
        identities = [names.get(each, each) for each in found.identities]
        return Recognised(list(settled.values()), len(identities) - len(settled), identities)

    def counts(self, unseen: Unseen) -> bool:
        """Whether it says anything that this report lacks a finding.

        While the forms come in turn, each speaks for what it has shown itself, and the second clean scan is one of the
        same form as the first. Nothing is missed at a place that the report shows, where it never told findings apart.
        """
        known = self._keys.get(unseen.key)
        if known is None:
            return True
        is_own = known.identity in self._shown_before
        if not is_own and self._shows(known):
            return False
        if not self._is_in_turn:
            return True
        first = self._forms.get(unseen.missed_scan or 0, {self._form})
        return is_own and self._form in first

    def keep(self) -> None:
        """Remember what this form has shown, as far as it is not closed."""
        living = {*self._standing, *self._shown[self._form]}
        kept = {
            form: base64.b85encode(b"".join(sorted(shown & living))).decode()
            for form, shown in self._shown.items()
        }
        self._writer.keep_memo(self._memo, orjson.dumps(kept).decode())

    def _known_shown(self) -> defaultdict[str, set[Identity]]:
        """Give which findings each form has shown; where nobody remembers, by the report that showed each first."""
        shown: defaultdict[str, set[Identity]] = defaultdict(set)
        kept: object = orjson.loads(self._writer.memo(self._memo) or "{}")
        for form in mapping(kept):
            shown[form] = _unpacked(text(kept, form))
        told = {identity for some in shown.values() for identity in some}
        for each in self._standing.values():
            if each.identity not in told:
                for form in self._forms[each.first_scan]:
                    shown[form].add(each.identity)
        return shown

    def _note_places(self, found: Iterable[Seen]) -> None:
        for each in found:
            if _is_by_place(each):
                spot = self._spot(each)
                self._places.add((self._folders.of_arrived(spot), spot.shown_line))

    def _shows(self, known: StandingPlace) -> bool:
        spot = self._standing_spot(known)
        return (self._folders.of_standing(spot), spot.shown_line) in self._places

    def _by_line(
        self, found: Sequence[Seen], spots: Mapping[Identity, Spot], recognition: Recognition
    ) -> dict[Identity, Identity]:
        """Tell weaknesses that are known by nothing but their number in the file by their lines, as other forms know them.

        When one of several is fixed, the numbers of all that follow change; a form that names code or resource has
        told meanwhile where each of them is.
        """
        weak = {
            each.identity: each
            for each in found
            if each.identity in spots
            and each.gist.is_numbered
            and is_known_by_title(each.gist.tail)
        }
        taken = {
            each.identity
            for each in found
            if each.identity not in weak or each.identity not in self._standing
        }
        at: defaultdict[tuple[Where, int], list[Identity]] = defaultdict(list)
        for known in self._standing.values():
            spot = self._standing_spot(known)
            if known.kind in BY_PLACE and not known.is_missed and known.identity not in taken:
                at[self._folders.of_standing(spot), spot.shown_line].append(known.identity)
        names: dict[Identity, Identity] = {}
        rest: list[Identity] = []
        for identity in sorted(weak, key=lambda each: each not in self._standing):
            is_known = identity in self._standing
            spot = spots[identity]
            here = at[self._folders.of_arrived(spot), spot.shown_line]
            others = [
                each
                for each in here
                if each not in taken and (is_known or each in self._shown_before)
            ]
            if others:
                names[identity] = identity if identity in others else others[0]
                taken.add(names[identity])
            elif is_known:
                rest.append(identity)
        for identity in rest:
            is_free = identity not in taken
            names[identity] = (
                identity if is_free else recognition.free_number(weak[identity], taken)
            )
            taken.add(names[identity])
        return {name: other for name, other in names.items() if name != other}

    def _by_place(
        self,
        spots: Mapping[Identity, Spot],
        renamed: Mapping[Identity, Identity],
        claimed: set[Identity],
    ) -> dict[Identity, Identity]:
        """Find what only other forms showed so far, at the same lines of the same rule and file."""
        known = self._writer.standings(self._place.scope, sorted(set(renamed.values())))
        own = {
            identity
            for identity in renamed.values()
            if identity not in known or self._is_only_of_this_form(identity)
        }
        arrived = [
            spot._replace(identity=renamed[identity])
            for identity, spot in spots.items()
            if renamed[identity] in own
        ]
        candidates = [
            self._standing_spot(each)
            for identity, each in self._standing.items()
            if each.kind in BY_PLACE
            and not each.is_missed
            and identity not in claimed
            and identity not in self._shown_before
        ]
        names: dict[Identity, Identity] = {}
        is_part = self._forms[self._place.scan] - {self._form}
        for new, old in pairs(arrived, candidates, self._folders, are_of_one_scan=bool(is_part)):
            if frozenset((new, old)) in self._parted:
                continue
            if new in known or new in names:
                kept = known[new].key if new in known else self._standing[names[new]].key
                self._merge(kept, self._standing[old].key)
                self._share(new, old)
            else:
                names[new] = old
                self.links[old].append(new)
        return {identity: names[name] for identity, name in renamed.items() if name in names}

    def _spot(self, seen: Seen) -> Spot:
        detail: object = orjson.loads(seen.gist.texts.detail)
        placed = seen.placed
        rule = placed.traits.shown_rule
        name = self._names.get(rule, rule)
        path = text(detail, "path")
        return Spot(seen.identity, placed.asset, rule, name, path, seen.gist.line)

    def _standing_spot(self, known: StandingPlace) -> Spot:
        rule = known.rule
        name = self._names.get(rule, rule)
        return Spot(known.identity, known.asset, rule, name, known.path, known.line)

    def _merge(self, one: FindingKey, other: FindingKey) -> None:
        self.merges.append((min(one, other), max(one, other)))

    def _share(self, one: Identity, other: Identity) -> None:
        """Take note that what a form showed under one identity it showed of both."""
        for shown in self._shown.values():
            if one in shown or other in shown:
                shown |= {one, other}

    def _is_only_of_this_form(self, identity: Identity) -> bool:
        shown = {form for form, some in self._shown.items() if identity in some}
        return identity in self._standing and shown == {self._form}


def _is_in_turn(arrival: Arrival, reports: Sequence[FormReport]) -> bool:
    """Whether the scan just before this one came in another form."""
    place = arrival.place
    before = [
        each for each in reports if each.scan != place.scan and each.scanned_at <= place.scanned_at
    ]
    return bool(before) and all(
        each.form != arrival.form for each in before if each.scan == before[-1].scan
    )


def _is_by_place(seen: Seen) -> bool:
    return seen.placed.traits.kind in BY_PLACE


def _memo_name(arrival: Arrival) -> str:
    """Give a name of tool and target; settings have short ones."""
    told = repr((arrival.tool, arrival.target)).encode("utf-8", "surrogatepass")
    return f"forms-{hashlib.blake2b(told, digest_size=16).hexdigest()}"


def _unpacked(kept: str) -> set[Identity]:
    try:
        packed = base64.b85decode(kept)
    except (ValueError, binascii.Error):
        return set()
    return {
        Identity(packed[start : start + _IDENTITY_BYTES])
        for start in range(0, len(packed), _IDENTITY_BYTES)
    }

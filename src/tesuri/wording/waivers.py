"""Words of the waivers: their states, and what somebody should look at."""

from collections.abc import Mapping
from typing import Final

from tesuri.model.views_waivers import WaiverFlaw, WaiverRow, WaiverState
from tesuri.wording.phrases import Phrases, msg

_STATES: Final[Mapping[WaiverState, str]] = {
    WaiverState.VOID: msg("Void"),
    WaiverState.UNUSED: msg("Unused"),
    WaiverState.ACTIVE: msg("In force"),
    WaiverState.UPCOMING: msg("Not begun"),
    WaiverState.EXPIRED: msg("Expired"),
}
_FLAWS: Final[Mapping[WaiverFlaw, str]] = {
    WaiverFlaw.VOID: msg("Void"),
    WaiverFlaw.UNUSED: msg("Nothing has needed it for a day."),
    WaiverFlaw.RENEWED_OFTEN: msg("It was renewed {count} times: is the departure the rule?"),
    WaiverFlaw.REVIEW_DUE: msg("Its review is due."),
    WaiverFlaw.ENDS_SOON: msg("It ends within 7 days."),
    WaiverFlaw.EXPIRED: msg("It ended; remove the file, or ask anew."),
    WaiverFlaw.COVERS_ALL: msg("Its scope reads nothing of a finding, so it covers every one."),
    WaiverFlaw.UNKNOWN_CONTROL: msg("It lists a control that is not there."),
}


def waiver_word(phrases: Phrases, state: WaiverState) -> str:
    """Give the state of a waiver in a word or two."""
    return phrases.gettext(_STATES[state])


def flaw_text(phrases: Phrases, flaw: WaiverFlaw, row: WaiverRow) -> str:
    """Give what somebody should look at, as a sentence."""
    if flaw is WaiverFlaw.VOID and row.state_reason:
        return phrases.said(row.state_reason)
    return phrases.gettext(_FLAWS[flaw], count=str(row.renewals))

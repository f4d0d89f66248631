"""`tesuri check … --explain`: for each verdict that is not a pass, everything that led to the answer."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from tesuri.cli.state import Session
from tesuri.cli.terminal import plain
from tesuri.controls.explain import Judged, LeafValue, PartTruth, leaves, truths
from tesuri.model.resource import Origin
from tesuri.wording.gate_words import gate_word
from tesuri.wording.phrases import Phrases, msg

_TRUTHS: Final = {"true": msg("true"), "false": msg("false"), "unknown": msg("unknown")}
_STANDINGS: Final = {
    "known": "",
    "default": msg("documented default"),
    "unknown": msg("not known yet"),
    "absent": msg("not there"),
}
_INDENT: Final = "  "


def write_explanations(session: Session, judged: Sequence[Judged], *, is_beside: bool) -> None:
    """Write the reasons; `is_beside` keeps them out of an answer that programs read: to standard error."""
    out = sys.stderr if is_beside else sys.stdout
    for one in judged:
        for line in _lines(session, one):
            out.write(f"{line}\n")


def _lines(session: Session, judged: Judged) -> Iterator[str]:
    phrases, ruling, control = session.phrases, judged.ruling, judged.compiled.control
    verdict = ruling.verdict
    title = control.text(session.language)
    yield plain(f"{verdict.address}  {title}  ({control.id}@{control.version})")
    yield f"{_INDENT}{phrases.gettext('Condition, and what each part of it came to')}"
    for part in truths(judged):
        yield plain(f"{_INDENT * (part.depth + 2)}{_truth(phrases, part)}")
    yield f"{_INDENT}{phrases.gettext('Values that it read, and where they are written')}"
    for leaf in leaves(judged):
        yield plain(f"{_INDENT * 2}{_leaf(phrases, leaf)}")
    for line in _circumstances(phrases, judged):
        yield plain(f"{_INDENT}{line}")
    for way, texts in control.remedy.items():
        text = phrases.pick(texts["en"], texts.get("ja", ""))
        yield plain(f"{_INDENT}{phrases.gettext('To mend it ({way}): {text}', way=way, text=text)}")
    command = (
        f"tesuri approve {shlex.quote(verdict.at.file)} --control {control.id} "
        f"--address {shlex.quote(verdict.address)} --reason TEXT --by NAME --requested-by NAME"
    )
    ask = phrases.gettext("To have a waiver, somebody else approves it: {command}", command=command)
    never = phrases.gettext("No waiver opens this control: it always blocks.")
    yield plain(f"{_INDENT}{never if control.is_always_blocking else ask}")


def _truth(phrases: Phrases, part: PartTruth) -> str:
    reason = f"  ({part.reason})" if part.reason else ""
    return f"{phrases.gettext(_TRUTHS.get(part.truth, part.truth))}: {part.text}{reason}"


def _leaf(phrases: Phrases, leaf: LeafValue) -> str:
    standing = _STANDINGS[leaf.standing]
    value = f" = {leaf.value}" if leaf.value else ""
    note = f"  ({phrases.gettext(standing)})" if standing else ""
    return f"{leaf.path}{value}{note}  {_place(leaf.at)}".rstrip()


def _place(at: Origin) -> str:
    line = f":{at.line}" if at.line else ""
    return f"{at.file}{line}{f'#{at.pointer}' if at.pointer else ''}"


def _circumstances(phrases: Phrases, judged: Judged) -> Iterator[str]:
    ruling, figures = judged.ruling, judged.standing.figures
    yield phrases.gettext(
        "owner {owner} ({source})",
        owner=ruling.service or ruling.owner or phrases.gettext("nobody"),
        source=phrases.said(ruling.owner_source),
    )
    yield phrases.gettext(
        "policy state {state}: {reason}",
        state=gate_word(phrases, ruling.policy_state),
        reason=phrases.said(ruling.policy_state_reason),
    )
    if figures:
        yield phrases.gettext(
            "budget {objective}: {used} of {whole} used, {left} left",
            objective=figures.objective,
            used=phrases.hours(figures.consumed_seconds),
            whole=phrases.hours(figures.allowance_seconds),
            left=figures.remaining,
        )
    answer = gate_word(phrases, ruling.answer)
    yield phrases.gettext("the gate answers: {answer}", answer=answer)
    if not ruling.waivers_considered:
        yield phrases.gettext("no waiver speaks of it")
    for waiver, outcome in ruling.waivers_considered:
        yield f"{waiver}: {phrases.said(outcome)}"

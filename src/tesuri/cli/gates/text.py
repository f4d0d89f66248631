"""A gate's answer for people: every verdict that is not a pass, with its owner and why, and the figures at the end."""

import sys
from functools import cache
from typing import TYPE_CHECKING, Final

from tesuri.cli.state import Session
from tesuri.cli.terminal import console, plain, say
from tesuri.exports.gate_rows import shown, summary, word_of
from tesuri.model.control import GateReport, Ruling, VerdictKind
from tesuri.model.identifiers import ControlId
from tesuri.model.objective import PolicyState
from tesuri.settings import Colour
from tesuri.wording.gate_words import gate_word
from tesuri.wording.phrases import msg

if TYPE_CHECKING:
    from rich.console import Console

_STYLES: Final = {
    "block": "bold red",
    "warn": "yellow",
    "waived": "dim",
    "pass": "dim",
    "allow": "dim",
}
_WORDS: Final = {
    "block": msg("block"),
    "warn": msg("warn"),
    "waived": msg("waived"),
    "pass": msg("pass"),
    "allow": msg("allow"),
}
_INDENT: Final = 8


def write_text(session: Session, report: GateReport) -> None:
    """Write the report; a terminal gets colours and wrapped lines, a pipe one line a sentence."""
    is_drawn = sys.stdout.isatty() or session.colour is Colour.ALWAYS
    page: _Page | _Drawn = _Drawn(console(session.colour)) if is_drawn else _Page()
    words = _Words(session)
    for ruling in shown(report):
        verdict, kind = ruling.verdict, word_of(ruling)
        page.head(words.kind(kind), plain(verdict.address), words.title(verdict.control), kind)
        for line in words.reasons(ruling):
            if line:
                page.say(line, indent=_INDENT)
    for address, reason in report.unread:
        page.say(f"{words.phrases.gettext('Not read')}  {address}: {reason}", "yellow")
    page.say(words.last_line(report), _STYLES[report.answer.value])


class _Page:
    """Lines for a pipe."""

    def head(self, kind: str, address: str, title: str, _style: str) -> None:
        sys.stdout.write(f"{kind}{address}  {title}\n")

    def say(self, text: str, _style: str = "", *, indent: int = 0) -> None:
        sys.stdout.write(f"{' ' * indent}{plain(text).rstrip()}\n")


class _Drawn:
    """Lines for a terminal."""

    def __init__(self, out: "Console") -> None:
        self._out = out

    def head(self, kind: str, address: str, title: str, style: str) -> None:
        from rich.text import Text  # noqa: PLC0415 - as in the console

        line = Text(kind, style=_STYLES[style])
        line.append(f"{address}  ", style="bold")
        line.append(title)
        self._out.print(line, soft_wrap=True)

    def say(self, text: str, style: str = "", *, indent: int = 0) -> None:
        say(self._out, text, style, indent=indent)


class _Words:
    """The sentences of one answer in the reader's language; those that come again and again are made once."""

    def __init__(self, session: Session) -> None:
        self.phrases = session.phrases
        self._language = session.language
        self._control = session.gates.control_or_rule
        self.kind = cache(self._kind)
        self.title = cache(self._title)
        self._owned = cache(self._owner_lines)

    def reasons(self, ruling: Ruling) -> list[str]:
        phrases, verdict = self.phrases, ruling.verdict
        why = ruling.message or verdict.reason
        if verdict.kind is VerdictKind.UNKNOWN:
            why = phrases.gettext("Nobody can tell: {reason}", reason=why)
        owner = ruling.service or ruling.owner or ""
        return [
            why,
            *self._owned(
                owner, ruling.owner_source, ruling.policy_state, ruling.policy_state_reason
            ),
            *(
                f"{waiver}: {phrases.said(outcome)}"
                for waiver, outcome in ruling.waivers_considered
            ),
            f"{verdict.control}@{verdict.control_version}",
        ]

    def last_line(self, report: GateReport) -> str:
        figures, phrases = summary(report), self.phrases
        parts = [
            phrases.gettext(
                "{answer}: {subject}",
                answer=gate_word(phrases, report.answer),
                subject=report.subject,
            ),
            phrases.gettext("{count} failed", count=str(figures["fail"])),
            phrases.gettext("{count} unknown", count=str(figures["unknown"])),
            phrases.gettext("{count} passed", count=str(figures["pass"])),
            phrases.gettext("{count} waived", count=str(figures["waived"])),
            phrases.ngettext("{count} resource", "{count} resources", report.resources),
        ]
        return " · ".join(parts)

    def _kind(self, name: str) -> str:
        text = self.phrases.gettext(_WORDS[name])
        return text + " " * max(1, _INDENT - _width(text))

    def _title(self, control: str) -> str:
        found = self._control(ControlId(control))
        return found.text(self._language) if found else control

    def _owner_lines(
        self, owner: str, source: str, state: PolicyState, reason: str
    ) -> tuple[str, str]:
        phrases = self.phrases
        return (
            phrases.gettext(
                "owner {owner} ({source})",
                owner=owner or phrases.gettext("nobody"),
                source=phrases.said(source),
            ),
            phrases.gettext(
                "policy state {state}: {reason}",
                state=gate_word(phrases, state),
                reason=phrases.said(reason),
            ),
        )


def _width(text: str) -> int:
    """Give the cells that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - as in the console

    return cell_len(text)

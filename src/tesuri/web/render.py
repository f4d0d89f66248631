"""Renders templates: one environment, and for each page what its reader's templates may call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tesuri.charts.burn_down import burn_down_rows
from tesuri.charts.decision_path import path_link
from tesuri.charts.pips import pips
from tesuri.charts.strip import strip
from tesuri.model.identifiers import finding_name, group_name
from tesuri.model.views import BudgetRow, DueWeek, Shell
from tesuri.model.views_waivers import WaiverState
from tesuri.web.assets import Assets
from tesuri.web.budget_page import burn_down_pictures, burn_down_title
from tesuri.web.links import (
    control_path,
    finding_path,
    findings_path,
    framework_path,
    group_path,
    guardrails_path,
    host_of,
    slo_path,
    term,
    toggled,
    waiver_path,
)
from tesuri.web.reader import Reader, Theme
from tesuri.wording import guardrails, sentences, spans, waivers, words
from tesuri.wording.catalogue import translate
from tesuri.wording.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a page stands in."""

    reader: Reader
    now: datetime
    shell: Shell | None
    """None on an error page: then the navigation has no numbers."""
    section: str = ""
    """Entry of the navigation that is current."""
    looked_from: datetime | None = None
    """The present, where `now` is a time that somebody looks back to."""


class Renderer:
    """Holds the compiled templates for the life of the process."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=PackageLoader("tesuri.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            asset=assets.url, has_asset=assets.has, themes=tuple(Theme)
        )
        self._environment.filters["host"] = host_of

    def page(self, template: str, around: Surroundings, **values: object) -> str:
        """Render a whole page or a part of one."""
        context = {**_vocabulary(around), **values}
        return self._environment.get_template(template).render(context)


def _vocabulary(around: Surroundings) -> Mapping[str, object]:
    phrases = around.reader.phrases
    return {
        "reader": around.reader,
        "now": around.now,
        "shell": around.shell,
        "section": around.section,
        "looked_from": around.looked_from,
        "t": partial(_text, phrases),
        "n": partial(_counted, phrases),
        "p": phrases,
        **_sentences(phrases, around.now),
        **_drawings(phrases),
        "finding_name": finding_name,
        "group_name": group_name,
        "finding_path": finding_path,
        "findings_path": findings_path,
        "group_path": group_path,
        "slo_path": slo_path,
        "control_path": control_path,
        "framework_path": framework_path,
        "guardrails_path": guardrails_path,
        "waiver_path": waiver_path,
        "waiver_tone": _waiver_tone,
        "term": term,
        "toggled": toggled,
    }


def _sentences(phrases: Phrases, now: datetime) -> Mapping[str, Callable[..., object]]:
    functions = (
        sentences.do_text,
        sentences.why_text,
        sentences.effort_text,
        sentences.budget_name,
        sentences.left_big,
        sentences.left_small,
        sentences.left_hours,
        sentences.outcome_word,
        sentences.outcome_with_time,
        sentences.rule_span,
        sentences.hidden_text,
        sentences.alert_does,
        sentences.alert_when,
        sentences.alert_condition,
        sentences.alert_now,
        words.word,
        words.field_word,
        words.question_word,
        words.option_word,
        words.facet_value,
        guardrails.guardrail_word,
        guardrails.effect_word,
        guardrails.sight_word,
        guardrails.reason_text,
        guardrails.row_text,
        waivers.waiver_word,
        waivers.flaw_text,
    )
    return {
        **{function.__name__: partial(function, phrases) for function in functions},
        "outlook": lambda row: sentences.outlook(phrases, row, now),
        "number": spans.number,
        "percent": spans.percent,
    }


def _drawings(phrases: Phrases) -> Mapping[str, Callable[..., object]]:
    return {
        "pips": lambda row, name, width: _pips(phrases, row, name=name, width=width),
        "strip": lambda weeks: _strip(phrases, weeks),
        "path_link": lambda chosen, following, rows: Markup(path_link(chosen, following, rows)),  # noqa: S704  drawn by us from numbers
        "burn_down": partial(burn_down_pictures, phrases),
        "burn_down_rows": burn_down_rows,
        "burn_down_title": partial(burn_down_title, phrases),
    }


def _pips(phrases: Phrases, row: BudgetRow, *, name: str, width: int) -> Markup:
    label = f"{sentences.left_big(phrases, row)} {sentences.left_small(phrases, row)}"
    return Markup(pips(row, label=label, name=name, width=width))  # noqa: S704  charts escape their texts


def _strip(phrases: Phrases, weeks: tuple[DueWeek, ...]) -> Markup:
    title = phrases.gettext("Open findings that fall due, by week")
    return Markup(strip(weeks, phrases, name="due-weeks", title=title))  # noqa: S704  charts escape their texts


def _text(phrases: Phrases, message: str, /, **holes: object) -> Markup:
    """Fill a sentence's holes; each value is escaped unless it is markup of our own."""
    return escape(translate(phrases.language, message)).format(**holes)


def _counted(phrases: Phrases, one: str, many: str, count: int, /, **holes: object) -> Markup:
    if phrases.language == "en":
        return escape(one if count == 1 else many).format(count=spans.number(count), **holes)
    return escape(translate(phrases.language, one)).format(count=spans.number(count), **holes)


def _waiver_tone(state: WaiverState) -> str:
    tones = {WaiverState.VOID: "act", WaiverState.UNUSED: "low", WaiverState.ACTIVE: "acc"}
    return tones.get(state, "")

import re
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files

import pytest

from tests.wording.messages import code_messages, template_messages
from tesuri.model.control import GateAnswer, Point
from tesuri.model.decision import Outcome
from tesuri.model.estate import Exposure
from tesuri.model.event import EventKind
from tesuri.model.finding import State, Work
from tesuri.model.objective import PolicyState
from tesuri.model.severity import Severity
from tesuri.model.views_findings import HiddenReason, HistoryKind
from tesuri.wording.catalogue import Language, japanese_catalogue, translate
from tesuri.wording.phrases import phrases_for
from tesuri.wording.words import Worded, word

KEPT_LATIN = {"SLO", "SCP", "KEV", "tier", "Tier", "× {count}"}
HOLE = re.compile(r"\{(\w+)\}")


def last_form(text: str | list[str] | tuple[str, ...] | None) -> str:
    """Give a text, or its plural where it has forms."""
    if isinstance(text, list | tuple):
        return text[-1]
    return text or ""


def test_every_sentence_that_is_asked_for_has_its_japanese() -> None:
    missing = {
        sentence
        for sentence in template_messages() | code_messages()
        if translate(Language.JA, sentence) == sentence and sentence not in KEPT_LATIN
    }
    assert missing == set()


def test_no_entry_is_fuzzy_or_empty() -> None:
    entries = [message for message in japanese_catalogue() if message.id]
    assert len(entries) > 200
    assert [message.id for message in entries if message.fuzzy or not message.string] == []


def test_no_sentence_is_translated_twice() -> None:
    written = (files("tesuri.wording") / "ja.po").read_text(encoding="utf-8")
    entry = re.compile(r'^(?:msgctxt (".*")\n)?msgid ((?:".*"\n)+)', re.MULTILINE)
    counted = Counter(entry.findall(written))
    assert len(counted) > 200
    assert [sentence for sentence, times in counted.items() if times > 1] == []


def test_a_japanese_sentence_is_not_left_in_latin_letters() -> None:
    latin = []
    for message in japanese_catalogue():
        text = last_form(message.string)
        plain = HOLE.sub("", text)
        if message.id and re.search("[A-Za-z]", plain) and plain.isascii():
            latin.append(text)
    assert set(latin) <= KEPT_LATIN


def test_no_hole_is_lost_or_made_up_in_translation() -> None:
    for message in japanese_catalogue():
        if not message.id:
            continue
        english, japanese = last_form(message.id), last_form(message.string)
        assert set(HOLE.findall(japanese)) <= set(HOLE.findall(english)), english


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    "kind",
    [
        Severity,
        PolicyState,
        State,
        Work,
        Outcome,
        GateAnswer,
        Exposure,
        HiddenReason,
        EventKind,
        HistoryKind,
        Point,
    ],
)
def test_every_member_of_a_worded_set_has_a_word(
    kind: Iterable[Worded], language: Language
) -> None:
    phrases = phrases_for(language)
    words = [word(phrases, member) for member in kind]
    assert all(words)
    assert language is Language.EN or not any(text.isascii() for text in words if text != "SCP")


def test_a_recorded_sentence_is_said_in_japanese_with_its_values() -> None:
    said = phrases_for(Language.JA).said("−12.5% of the allowance is left.")
    assert said == "許容量の −12.5% が残っています。"


def test_a_recorded_sentence_that_nobody_knows_stays_as_it_is() -> None:
    assert phrases_for(Language.JA).said("Moved by a person.") == "Moved by a person."


def test_low_is_another_word_as_a_severity_than_as_a_budget() -> None:
    phrases = phrases_for(Language.JA)
    assert phrases.gettext("Low") == "残りわずか"
    assert phrases.pgettext("severity", "Low") == "低"

"""No tree of elements makes a format raise anything but BadInput, and records always add up."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tesuri.flows.intake.inspect_reports import inspect
from tesuri.formats import FORMATS
from tesuri.model.errors import BadInput
from tesuri.model.format import Format
from tesuri.model.observation import Informational, Observation, Skipped, Suppressed
from tesuri.untrusted.xml_document import Element

_SAMPLES = {
    path.parent.name: path.read_text(encoding="utf-8")
    for path in sorted(Path(__file__).parent.glob("*/many.xml"))
}
_READERS = [form for form in FORMATS if "xml" in form.documents]
# Names and words of the samples themselves, so that chance reaches every depth.
_NAMES = st.sampled_from(
    sorted({name for words in _SAMPLES.values() for name in re.findall(r"<(\w+)", words)})
)
_ATTRIBUTES = st.sampled_from(
    sorted({name for words in _SAMPLES.values() for name in re.findall(r"\s(\w+)=", words)})
)
_TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "0",
            "-1",
            "9.8",
            "High",
            "Log",
            "VULNERABLE",
            "CVE-2024-1001",
            "FAILED",
            "Fixed",
            "general/tcp",
        ]
    ),
)
_TREES = st.recursive(
    st.builds(Element, _NAMES, st.dictionaries(_ATTRIBUTES, _TEXTS, max_size=4), text=_TEXTS),
    lambda inner: st.builds(
        Element,
        _NAMES,
        st.dictionaries(_ATTRIBUTES, _TEXTS, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        _TEXTS,
    ),
    max_leaves=30,
)


@pytest.mark.parametrize("form", _READERS, ids=lambda form: form.name)
@given(tree=_TREES)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_tree_is_read_or_refused_but_never_breaks(form: Format, tree: Element) -> None:
    assert 0 <= form.recognise(tree).score <= 100
    try:
        records = list(form.read(tree).records)
    except BadInput:
        return
    for record in records:
        assert isinstance(record, (Observation, Suppressed, Informational, Skipped))
        if isinstance(record, Observation):
            assert record.rule
            assert record.title


@pytest.mark.parametrize("name", sorted(_SAMPLES))
@given(choice=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_report_with_one_piece_changed_is_still_read_or_refused(
    name: str, choice: st.DataObject
) -> None:
    pieces = re.split(r"(<[^<>]*>)", _SAMPLES[name])
    place = choice.draw(st.integers(0, len(pieces) - 1))
    pieces[place] = choice.draw(st.sampled_from(["", "x", "<x/>", "0", "&amp;"]))
    summary = inspect("".join(pieces).encode(), where="r")
    counted = summary.findings + summary.suppressed + summary.informational + len(summary.skipped)
    assert summary.records == counted
    assert bool(summary.error) == (summary.format is None)

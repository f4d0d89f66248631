"""Labelled changes of the corpus: what is good is good, and what is bad is bad, as Terraform source and as a template alike."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from benchmarks.labelled import Judged, judged

_OTHERWISE: Final = {
    # The rule lets the certificate of CloudFront itself pass, which allows TLS 1.0; the control asks for TLS 1.2 of all.
    ("cloudfront/use_secure_tls_policy", "terraform", "good", 3),
}
"""Changes that we judge otherwise than their label, on purpose."""


@pytest.fixture(scope="module")
def changes(corpus: Path) -> Sequence[Judged]:
    """Judge every labelled change; a corpus without any fails."""
    found = tuple(judged(corpus / "guardrails" / "labelled-pairs"))
    assert found, "the corpus has no labelled pairs"
    return found


@pytest.mark.corpus
def test_a_violation_is_the_same_as_source_and_as_template(changes: Sequence[Judged]) -> None:
    by_rule: dict[str, list[Judged]] = defaultdict(list)
    for one in changes:
        by_rule[one.rule].append(one)
    paired = [
        one for found in by_rule.values() if len({one.form for one in found}) > 1 for one in found
    ]
    right = {"good": "pass", "bad": "fail"}
    wrong = {
        (one.rule, one.form, one.label, one.number)
        for one in paired
        if one.verdict != right[one.label]
    }

    assert len({one.rule for one in paired}) >= 30
    assert wrong <= _OTHERWISE


@pytest.mark.corpus
def test_few_labels_are_missed_at_any_point(changes: Sequence[Judged]) -> None:
    by_form: dict[str, list[Judged]] = defaultdict(list)
    for one in changes:
        by_form[one.form].append(one)
    for form, found in by_form.items():
        failed = [one for one in found if one.verdict == "fail"]
        bad = [one for one in found if one.label == "bad"]
        hits = sum(one.label == "bad" for one in failed)
        assert hits / len(failed) >= 0.95, form
        assert hits / len(bad) >= 0.95, form

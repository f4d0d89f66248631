"""Labelled changes of the corpus: what is good is good, and what is bad is bad, as Terraform source and as a template alike."""

from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

from benchmarks.labelled import Judged, judged

_OTHERWISE: Final = {
    # The rule lets the certificate of CloudFront itself pass, which allows TLS 1.0; the control asks for TLS 1.2 of all.
    ("cloudfront/use_secure_tls_policy", "terraform", "good", 3),
}
"""Changes that we judge otherwise than their label, on purpose."""


@pytest.mark.corpus
def test_a_violation_is_the_same_as_source_and_as_template(corpus: Path) -> None:
    pytest.importorskip("tfparse", reason="the extra terraform is not installed")
    folder = corpus / "guardrails" / "labelled-pairs"
    if not folder.is_dir():
        pytest.skip("the corpus has no labelled pairs")
    by_rule: dict[str, list[Judged]] = defaultdict(list)
    for one in judged(folder):
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
def test_few_labels_are_missed_at_any_point(corpus: Path) -> None:
    pytest.importorskip("tfparse", reason="the extra terraform is not installed")
    folder = corpus / "guardrails" / "labelled-pairs"
    if not folder.is_dir():
        pytest.skip("the corpus has no labelled pairs")
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in judged(folder):
        found[one.form].append(one)
    for form, changes in found.items():
        failed = [one for one in changes if one.verdict == "fail"]
        bad = [one for one in changes if one.label == "bad"]
        hits = sum(one.label == "bad" for one in failed)
        assert hits / len(failed) >= 0.95, form
        assert hits / len(bad) >= 0.95, form

"""No shape of input makes a format raise anything but BadInput, and records always add up."""

import copy
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tesuri.flows.intake.inspect_reports import inspect, open_report
from tesuri.formats import FORMATS
from tesuri.model.errors import BadInput
from tesuri.model.format import Format
from tesuri.model.observation import Informational, Observation, Skipped, Suppressed
from tesuri.untrusted.csv_document import Row, Table

# Keys and words that the formats look at, so that chance reaches their depths.
_KEY_WORDS = (
    "runs tool driver name version rules results ruleId ruleIndex message text level kind locations physicalLocation"
    " artifactLocation uri region startLine suppressions properties tags security-severity partialFingerprints"
    " SchemaVersion ArtifactName Results Target Vulnerabilities Misconfigurations Secrets Licenses VulnerabilityID"
    " PkgName CVSS PkgIdentifier PURL ExperimentalModifiedFindings Finding ClusterName Resources ID Status Match RuleID"
    " matches vulnerability artifact id severity fix versions cvss purl relatedVulnerabilities ignoredMatches source"
    " target class_uid metadata product finding_info resources cloud account uid status_code status unmapped time"
    " findings title description cve cwe endpoints file_path line date cvssv3 category references"
)
_TEXT_WORDS = "2.1.0 FAIL PASS CVE-2024-1001 CVSS:3.1/AV:N pkg:npm/a@1 pkg: 2024-01-02 9.8 fail pass Prowler grype secret"
_KEYS = st.sampled_from(_KEY_WORDS.split())
_TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(_TEXT_WORDS.split()))
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([2001, 2003, 2004, 2, 0, -1]),
    st.floats(allow_nan=False),
    _TEXTS,
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(_KEYS | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=40,
)
_TABLES = st.builds(
    Table,
    st.lists(_KEYS, max_size=5).map(tuple),
    st.lists(
        st.builds(
            Row,
            st.integers(1, 99),
            st.dictionaries(_KEYS, _TEXTS, max_size=5),
            st.sampled_from(["", "9 cells under 2 columns"]),
        ),
        max_size=4,
    ).map(tuple),
)


_SAMPLES = [
    orjson.loads(path.read_bytes())
    for path in sorted(Path(__file__).parent.glob("*/*.json"))
    if "hostile" not in path.name
]


def _places(value: object) -> Iterator[tuple[dict[str, object] | list[object], str | int]]:
    """Give every place of a document at which another value can be put."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _places(inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from _places(inner)


def _drain(form: Format, document: object) -> Iterator[object]:
    try:
        yield from form.read(document).records
    except BadInput:
        return


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(document=_JSON | _TABLES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_shape_is_read_or_refused_but_never_breaks(form: Format, document: object) -> None:
    assert 0 <= form.recognise(document).score <= 100
    for record in _drain(form, document):
        assert isinstance(record, (Observation, Suppressed, Informational, Skipped))
        if isinstance(record, Observation):
            assert record.rule
            assert record.title


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
@given(
    records=st.lists(_JSON, max_size=5),
    key=st.sampled_from(["matches", "findings", "Results", "runs", "Vulnerabilities"]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_bad_record_never_spoils_its_neighbours(
    form: Format, records: list[object], key: str
) -> None:
    for document in ({key: records}, [{key: records}], records):
        for record in _drain(form, document):
            assert isinstance(record, (Observation, Suppressed, Informational, Skipped))


@given(data=st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_summed_up_or_refused_in_a_sentence(data: bytes) -> None:
    summary = inspect(data, where="r")
    counted = summary.findings + summary.suppressed + summary.informational + len(summary.skipped)
    assert summary.records == counted
    assert (summary.format is None) == (summary.error is not None)
    if summary.error:
        assert summary.error.startswith("r")
        with pytest.raises(BadInput):
            open_report(data, where="r")


@given(choice=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_report_with_one_wrong_value_is_still_read_or_refused(choice: st.DataObject) -> None:
    document = copy.deepcopy(choice.draw(st.sampled_from(_SAMPLES)))
    parent, key = choice.draw(st.sampled_from(list(_places(document))))
    parent[key] = choice.draw(_JSON)  # type: ignore[index] # a key of its own parent
    summary = inspect(orjson.dumps(document, option=orjson.OPT_PASSTHROUGH_DATACLASS), where="r")
    counted = summary.findings + summary.suppressed + summary.informational + len(summary.skipped)
    assert summary.records == counted

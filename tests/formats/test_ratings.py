"""Severity of a vulnerability whose tool knows a score and no word for it."""

import orjson
import pytest

from tesuri.flows.intake.inspect_reports import open_report
from tesuri.model.observation import Cvss, Observation
from tesuri.model.severity import Severity, severity_from_word
from tesuri.untrusted.score import severity_or_rating

_VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
_UNRATED = {
    "trivy": {
        "SchemaVersion": 2,
        "ArtifactName": "a",
        "Results": [
            {
                "Target": "a",
                "Vulnerabilities": [
                    {
                        "VulnerabilityID": "CVE-2030-1008",
                        "PkgName": "left-pad",
                        "Severity": "UNKNOWN",
                        "CVSS": {"nvd": {"V3Vector": _VECTOR}},
                    }
                ],
            }
        ],
    },
    "grype": {
        "matches": [
            {
                "vulnerability": {
                    "id": "CVE-2030-1008",
                    "severity": "Unknown",
                    "cvss": [{"version": "3.1", "vector": _VECTOR}],
                },
                "artifact": {"name": "left-pad", "version": "1.2.0", "type": "npm"},
            }
        ],
        "source": {},
        "descriptor": {"name": "grype"},
    },
    "dependency-track": {
        "meta": {"application": "Dependency-Track"},
        "findings": [
            {
                "component": {"name": "left-pad", "version": "1.2.0"},
                "vulnerability": {
                    "vulnId": "CVE-2030-1008",
                    "severity": "UNASSIGNED",
                    "cvssV3BaseScore": 9.8,
                },
            }
        ],
    },
    "snyk": {
        "ok": False,
        "packageManager": "npm",
        "vulnerabilities": [
            {"id": "SNYK-1", "packageName": "left-pad", "version": "1.2.0", "CVSSv3": _VECTOR}
        ],
    },
}


@pytest.mark.parametrize("name", sorted(_UNRATED))
def test_a_vulnerability_without_a_severity_is_rated_by_its_score(name: str) -> None:
    report = open_report(orjson.dumps(_UNRATED[name]), where="r")
    (found,) = report.records
    assert report.format == name
    assert isinstance(found, Observation)
    assert found.severity is Severity.CRITICAL


def test_the_word_of_the_tool_goes_before_its_score_and_nothing_is_made_of_none() -> None:
    assert severity_or_rating("low", Cvss(9.8)) is Severity.LOW
    assert severity_or_rating("", Cvss(0.0)) is Severity.UNKNOWN
    assert severity_or_rating("untold", None) is Severity.UNKNOWN


@pytest.mark.parametrize(
    ("word", "severity"), [("MED", "medium"), ("Crit", "critical"), ("x", "unknown")]
)
def test_the_short_words_of_some_tools_are_known(word: str, severity: str) -> None:
    assert severity_from_word(word) == severity

"""Gatekeeper's library in the real inputs: every constraint is read, and is about the objects that its suite denies.

The templates themselves are not among the inputs; what they would say is tested with our own in tests/cli/gates/test_policies.py.
"""

from collections import Counter
from pathlib import Path

import pytest

from tesuri.subjects.kubernetes.gatekeeper import (
    Constraint,
    is_constraint,
    matches,
    read_constraint,
)
from tesuri.subjects.kubernetes.objects import KubernetesObject, objects_of, read_documents
from tesuri.untrusted.shape import at, items, mapping, text
from tesuri.untrusted.yaml_document import read_yaml

EXPECTED = {"constraints": 35, "denied objects": 57, "agree": 57}
pytestmark = pytest.mark.corpus


def objects(path: Path) -> list[KubernetesObject]:
    documents = read_documents(path.read_bytes(), where=path.name)
    found = [each for document in documents for each in objects_of(document)]
    return [each for each in found if isinstance(each, KubernetesObject)]


def constraint_of(path: Path) -> Constraint:
    (found,) = [each for each in objects(path) if is_constraint(each)]
    return read_constraint(found)


def review_of(found: KubernetesObject) -> dict[str, object]:
    if found.kind == "AdmissionReview":
        return dict(mapping(found.value, "request"))
    group, _, version = found.api_version.rpartition("/")
    kind = {"group": group, "version": version, "kind": found.kind}
    return {"kind": kind, "object": found.value}


def test_constraints_of_the_library_are_about_what_their_suites_deny(
    corpus: Path,
) -> None:
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for suite in sorted((corpus / "guardrails" / "k8s" / "gatekeeper-library").rglob("suite.yaml")):
        for test in items(read_yaml(suite.read_bytes(), where=suite.name), "tests"):
            path = suite.parent / text(test, "constraint")
            if not path.is_file():
                counts["constraints that are not here"] += 1
                continue
            constraint = constraint_of(path)
            counts["constraints"] += 1
            for case in items(test, "cases"):
                sample = suite.parent / text(case, "object")
                denied = any(
                    at(one, "violations") not in (False, "no", 0)
                    for one in items(case, "assertions")
                )
                if not denied or not sample.is_file():
                    continue
                counts["denied objects"] += 1
                if matches(constraint, review_of(objects(sample)[0]), {}) is not False:
                    counts["agree"] += 1
                else:
                    wrong.append(f"{suite.parent.name}: {text(case, 'name')}")
    assert wrong == []
    assert counts == EXPECTED

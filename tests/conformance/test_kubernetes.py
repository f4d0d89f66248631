"""The manifests of other projects: how many are read, and whether our controls say what their authors expect."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import tesuri.controls
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.evaluate import evaluate
from tesuri.controls.load import load_control
from tesuri.model.control import VerdictKind
from tesuri.model.errors import BadInput
from tesuri.subjects.kubernetes.admission_review import read_admission
from tesuri.subjects.kubernetes.manifests import Manifests, read_manifests
from tesuri.untrusted.shape import items, text, texts
from tesuri.untrusted.yaml_document import read_yaml_documents

_CORPUS = Path(os.environ.get("TESURI_CORPUS", str(Path(__file__).parents[3] / "shared" / "data")))
_GUARDRAILS = _CORPUS / "guardrails"
_CATALOG = Path(next(iter(tesuri.controls.__path__))) / "catalog" / "kubernetes"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not (_GUARDRAILS / "k8s").is_dir(), reason="no corpus"),
]

READ: Final = {"k8s": 584, "admission": 16}
UNREAD: Final = 6
"""Pods whose containers are a mapping, workloads without a template, an empty entry of a list."""
PODS: Final = 1_000

KYVERNO: Final = {
    "disallow-privileged-containers": "kubernetes-pod-privileged",
    "disallow-privilege-escalation": "kubernetes-pod-privilege-escalation",
}
KYVERNO_EXPECTED: Final = {"fail fail": 33, "pass pass": 33}
CHECKOV_EXPECTED: Final = {"fail fail": 12, "pass pass": 10, "pass nothing": 3}
"""Nothing: one pod whose containers are a mapping, one scheduled job without a template, both told as not read; and the
service account and service that every namespace begins with, where no pod is."""
GATEKEEPER_EXPECTED: Final = {"fail fail": 2, "pass pass": 1, "pass fail": 1}
"""The last one is exempt by an image name in its constraint: a waiver here, not a pass."""


@cache
def control(identity: str) -> CompiledControl:
    file = next(_CATALOG.rglob(f"{identity}.yaml"))
    return load_control(file.read_bytes(), where=file.name, schemas={})


@cache
def controls() -> tuple[CompiledControl, ...]:
    names = sorted(file.stem for file in _CATALOG.rglob("*.yaml") if ".cases" not in file.name)
    return tuple(control(name) for name in names)


def manifests(path: Path) -> Manifests:
    return read_manifests(path.read_bytes(), where=path.name)


def worst(found: Manifests, compiled: CompiledControl, names: set[str] | None = None) -> str:
    """Give the worst verdict of a control on the named objects of a file; empty without any."""
    kinds = {
        evaluate(compiled, one).kind
        for one in found.resources
        if one.type == compiled.control.resource
        and (names is None or one.address.rpartition("/")[2].partition("#")[0] in names)
    }
    order = (VerdictKind.FAIL, VerdictKind.UNKNOWN, VerdictKind.PASS)
    return next((kind.value for kind in order if kind in kinds), "")


def test_every_file_is_read_and_what_is_left_out_is_said() -> None:
    read = Counter[str]()
    unread, pods = 0, 0
    for file in sorted(path for path in (_GUARDRAILS / "k8s").rglob("*") if path.is_file()):
        try:
            found = manifests(file)
        except BadInput:
            continue
        read["k8s"] += 1
        unread += len(found.unread)
        pods += sum(one.type == "k8s:v1/Pod" for one in found.resources)
    for file in sorted(path for path in (_GUARDRAILS / "admission").rglob("*") if path.is_file()):
        requests = read_admission(file.read_bytes(), where=file.name)
        assert all(one.api_version for one in requests), "each is a review, none a manifest"
        read["admission"] += 1

    assert (dict(read), unread, pods) == (READ, UNREAD, PODS)


def _kyverno() -> Iterator[tuple[str, str]]:
    for table in sorted((_GUARDRAILS / "k8s" / "kyverno").rglob("kyverno-test.yaml")):
        (declared,) = read_yaml_documents(table.read_bytes(), where=table.name)
        for row in items(declared, "results"):
            identity = KYVERNO.get(text(row, "policy"))
            if identity is None:
                continue
            for name in texts(row, "resources") or texts(row, "resource"):
                bare = name.rpartition("/")[2]
                for file in texts(declared, "resources"):
                    said = worst(manifests(table.parent / file), control(identity), {bare})
                    yield text(row, "result"), said


def test_the_results_tables_of_kyverno_agree() -> None:
    found = Counter(" ".join(pair) for pair in _kyverno())

    assert dict(found) == KYVERNO_EXPECTED


def _checkov() -> Iterator[tuple[str, str, str]]:
    pattern = re.compile(r"(k8s/checkov/\S+)\tk8s\t(CKV_K8S_\d+): (PASS|FAIL) expected")
    by_id = {
        identity: one
        for one in controls()
        for identity in one.control.maps.get("checkov", ())
        if one.control.resource == "k8s:v1/Pod"
    }
    for line in (_GUARDRAILS / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines():
        match = pattern.match(line)
        if match and match[2] in by_id:
            file = _GUARDRAILS / match[1]
            said = worst(manifests(file), by_id[match[2]])
            yield match[3].lower(), said or "nothing", file.name


def test_the_labelled_files_of_checkov_agree() -> None:
    rows = list(_checkov())
    found = Counter(f"{expected} {said}" for expected, said, _ in rows)

    assert dict(found) == CHECKOV_EXPECTED, [row for row in rows if row[0] != row[1]]


def test_the_samples_of_gatekeeper_agree() -> None:
    folder = _GUARDRAILS / "k8s/gatekeeper-library/pod-security-policy/allow-privilege-escalation"
    compiled = control("kubernetes-pod-privilege-escalation")
    found = Counter[str]()
    for file in sorted(folder.rglob("*allowed*.yaml")):
        expected = "fail" if "disallowed" in file.name else "pass"
        found[f"{expected} {worst(manifests(file), compiled)}"] += 1

    assert dict(found) == GATEKEEPER_EXPECTED

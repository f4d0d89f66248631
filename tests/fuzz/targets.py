"""Everything that reads bytes of strangers, as functions of bytes: what hypothesis and atheris both run.

A target may raise BadInput and nothing else, and what it gives must add up.
"""

import contextlib
import gzip
import io
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.fuzz import policies
from tesuri.budgets.objective_file import read_objectives
from tesuri.cli.intake.packed_report import unpacked
from tesuri.controls.cases import load_cases
from tesuri.controls.load import load_control
from tesuri.controls.scp.organization import read_organization
from tesuri.controls.scp.policy import read_policy
from tesuri.controls.scp.request import read_request
from tesuri.expressions.compile import compile_expression
from tesuri.feeds.endoflife import read_products
from tesuri.feeds.gunzip import gunzipped
from tesuri.feeds.read import recognise_feed
from tesuri.flows.findings.find_query import read_query
from tesuri.flows.findings.query_fields import Vocabulary
from tesuri.flows.intake.apply_vex import read_vex
from tesuri.flows.intake.inspect_reports import inspect
from tesuri.flows.site.load_workspace import load_workspace
from tesuri.formats import FORMATS
from tesuri.model.errors import BadInput
from tesuri.model.format import Format
from tesuri.model.observation import Informational, Observation, Skipped, Suppressed
from tesuri.subjects.aws.config_item import read_config_items
from tesuri.subjects.cloudformation.template import read_cloudformation
from tesuri.subjects.cloudtrail.events import read_events
from tesuri.subjects.cloudtrail.records import read_records
from tesuri.subjects.kubernetes.admission_review import read_admission
from tesuri.subjects.kubernetes.manifests import read_manifests
from tesuri.subjects.terraform.plan import read_terraform_plan
from tesuri.triage.table import read_table
from tesuri.untrusted.advisory import advisories_in, weaknesses_listed
from tesuri.untrusted.attestation import without_attestation
from tesuri.untrusted.byte_source import HeldBytes
from tesuri.untrusted.csv_document import read_csv
from tesuri.untrusted.csv_stream import stream_csv
from tesuri.untrusted.fix import lowest_of_range, versions_listed
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_document import read_json, read_json_lines, split_json
from tesuri.untrusted.json_sequence import read_json_sequence
from tesuri.untrusted.json_stream import stream_json, stream_json_lines
from tesuri.untrusted.kubernetes_name import workload
from tesuri.untrusted.markup import addresses_in, plain_text
from tesuri.untrusted.message import messages_in
from tesuri.untrusted.noisy_lines import with_words_as_texts
from tesuri.untrusted.package_url import package_from_purl, package_named
from tesuri.untrusted.score import cvss_from
from tesuri.untrusted.script_assignment import without_assignment
from tesuri.untrusted.secret_text import real_secret, without_literals
from tesuri.untrusted.text_document import read_text
from tesuri.untrusted.xml_document import Element, read_xml
from tesuri.untrusted.xml_stream import stream_xml
from tesuri.untrusted.yaml_document import read_yaml_documents

ROOT = Path(__file__).resolve().parent.parent.parent
SEEDS = Path(__file__).with_name("seeds")
SAMPLES = ROOT / "tests" / "formats"
PRODUCT = ROOT / "src" / "tesuri"
SECONDS_PER_INPUT = 5.0
"""Processor time for one input of at most `LARGEST` bytes; real readers need milliseconds."""

LARGEST = 65_536
_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_VOCABULARY = Vocabulary(_NOW, load_workspace({}))
_NAMES = frozenset({"resource", "finding", "size"})
_RESOURCE = {"Name": "web", "Rules": [{"Port": 22}, {"Port": 443}], "At": "2026-11-01T00:00:00Z"}

_DECODERS: Mapping[str, Callable[[bytes], object]] = {
    "json": lambda data: read_json(data, where="r"),
    "jsonl": lambda data: read_json_lines(data, where="r"),
    "csv": lambda data: read_csv(data, where="r"),
    "xml": lambda data: read_xml(data, where="r"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """One reader of foreign bytes."""

    name: str
    run: Callable[[bytes], object]
    """Raises BadInput or nothing."""
    seeds: Callable[[], list[bytes]]
    """Our own samples; never empty."""
    package: str = ""
    """The package that reads it beside `untrusted`; empty where it is not one package."""

    def check(self, data: bytes) -> None:
        """Let the reader read. **raises** whatever it does beside BadInput, and AssertionError when it is slow."""
        before = time.process_time()
        with contextlib.suppress(BadInput):
            self.run(data)
        used = time.process_time() - before
        assert used < SECONDS_PER_INPUT, f"{len(data):,} bytes took {used:.1f} s"


def _read_all(form: Format, document: object) -> None:
    """Drain a report; every record is one of the four kinds, and a finding has a rule and a title."""
    likeness = form.recognise(getattr(document, "columns", document))
    assert 0 <= likeness.score <= 100
    for record in form.read(document).records:
        assert isinstance(record, (Observation, Suppressed, Informational, Skipped))
        if isinstance(record, Observation):
            assert record.rule
            assert record.title


def _format_target(form: Format) -> Target:
    def run(data: bytes) -> None:
        for kind in form.documents:
            try:
                document = _DECODERS[kind](data)
            except BadInput:
                continue
            # A bad envelope of one kind of document says nothing of the next.
            try:
                _read_all(form, document)
            except BadInput:
                continue

    folder = next(place for place in _folders(form.name) if place.is_dir())
    package = ".".join(form.read.__module__.split(".")[:3])
    return Target(form.name, run, lambda: _files(folder), package)


def _folders(name: str) -> tuple[Path, Path]:
    return SAMPLES / name, SAMPLES / name.replace("-", "_")


def _files(folder: Path, *patterns: str) -> list[bytes]:
    wanted = patterns or ("*.json", "*.jsonl", "*.csv", "*.xml")
    found = sorted(path for pattern in wanted for path in folder.glob(pattern))
    return [data for path in found if 0 < len(data := path.read_bytes()) <= LARGEST]


def _own(name: str) -> Callable[[], list[bytes]]:
    """Give what we wrote for this target alone."""
    return lambda: [path.read_bytes() for path in sorted(SEEDS.glob(f"{name}-*"))]


def _sample_files(suffix: str) -> Callable[[], list[bytes]]:
    return lambda: _files(SAMPLES, f"*/one*.{suffix}", f"*/hostile*.{suffix}")


def _detect(data: bytes) -> None:
    summary = inspect(data, where="r")
    counted = summary.findings + summary.suppressed + summary.informational + len(summary.skipped)
    assert summary.records == counted
    assert (summary.format is None) == (summary.error is not None)


def _split(data: bytes) -> None:
    """Take a document apart as a large one is; whoever reads it piece by piece sees what the whole would be."""
    whole = read_json(data, where="r")
    pieces = split_json(data, where="r", split=16)
    assert _plain(pieces) == whole


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value


def _envelope(data: bytes) -> None:
    document = read_json(data, where="r")
    without_attestation(document)
    messages_in(document)


def _words(data: bytes) -> None:
    """Run every small reader of a text that a report holds."""
    words = read_text(data, where="r")
    for each in (words, *words.splitlines()[:20]):
        instant(each)
        cvss_from(each, None)
        package_from_purl(each)
        package_named(each, ecosystem="maven")
        advisories_in(each)
        weaknesses_listed(each)
        versions_listed(each)
        lowest_of_range(each)
        plain_text(each)
        addresses_in(each)
        without_literals(each, each[:40])
        real_secret(each)
        workload("n", "Pod", each)
    without_assignment(data)


def _workspace(data: bytes) -> None:
    """Load the workspace of one file: its path is the first line, what it holds the rest."""
    path, _, content = data.partition(b"\n")
    load_workspace({path.decode(errors="replace")[:100] or "tesuri.yaml": content})


def _workspace_seeds() -> list[bytes]:
    folder = PRODUCT / "flows" / "demo_data"
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".py")
    named = ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)
    return [f"{name}\n".encode() + data for name, data in named if len(data) < LARGEST // 4]


def _cel(data: bytes) -> None:
    words = read_text(data, where="r", max_bytes=LARGEST)
    compiled = compile_expression(words, where="r", names=_NAMES)
    compiled.evaluate({"resource": _RESOURCE, "finding": _RESOURCE, "size": 3})


def _cel_seeds() -> list[bytes]:
    controls = sorted((PRODUCT / "controls" / "catalog").rglob("*.yaml"))
    written = [path.read_text(encoding="utf-8") for path in controls if "cases" not in path.name]
    lines = [line.strip() for text in written for line in text.splitlines()]
    own = [
        b"resource.Rules.exists(r, r.Port == 22) && size(resource.Name) > 2",
        b"timestamp(resource.At) + duration('36h') < timestamp('2026-12-01T00:00:00Z')",
        b"resource.Name.matches('^[a-z]{1,9}(-x)*$') ? {'a': [1, 2u, 3.0]}['a'][0] : -1",
    ]
    return own + [line.encode() for line in lines if "resource." in line]


def _package(folder: str, pattern: str = "*.yaml") -> Callable[[], list[bytes]]:
    return lambda: [path.read_bytes() for path in sorted((PRODUCT / folder).rglob(pattern))]


def _plan_seeds() -> list[bytes]:
    return [(ROOT / "examples" / "plan.json").read_bytes()]


def _vex_seeds() -> list[bytes]:
    return [data for name in ("openvex", "csaf", "cyclonedx") for data in _files(SAMPLES / name)]


def _drained(value: object) -> None:
    """Read a streamed value to its end; what is piecewise wrong is only met there."""
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        _drained(part)


def _drained_element(element: Element) -> None:
    for child in element.children:
        _drained_element(child)


def _streams(data: bytes) -> None:
    """Read the bytes as each kind of document that is read in parts, with parts that are small."""
    source = HeldBytes(data)
    readers: tuple[Callable[[], object], ...] = (
        lambda: _drained(stream_json(source, where="r", chunk=64, split=16)),
        lambda: _drained(stream_json_lines(source, where="r", chunk=64)),
        lambda: list(stream_csv(source, where="r", chunk=64).rows),
        lambda: _drained_element(stream_xml(source, where="r", limit=64, feed=32)),
    )
    for read in readers:
        with contextlib.suppress(BadInput):
            read()


def _zip_seeds() -> list[bytes]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.json", "[]")
    return [file.getvalue()]


def _policy_seeds() -> list[bytes]:
    folder = ROOT / "examples"
    paths = sorted(
        path for name in ("policies", "constraints") for path in (folder / name).rglob("*.*")
    )
    return [f"{path.name}\n".encode() + path.read_bytes() for path in paths]


def _tree_seeds() -> list[bytes]:
    return [(ROOT / "examples" / "organization" / "organization.yaml").read_bytes()]


def _request_seeds() -> list[bytes]:
    return [(ROOT / "examples" / "scp-request.json").read_bytes()]


def _query(data: bytes) -> None:
    read_query(data.decode(errors="replace"), _VOCABULARY)


_OTHERS = (
    Target("detect", _detect, lambda: _files(SAMPLES, "*/many.*") + _sample_files("json")()),
    Target("json", _DECODERS["json"], _sample_files("json")),
    Target("split-json", _split, _sample_files("json")),
    Target(
        "json-sequence", lambda data: read_json_sequence(data, where="r"), _sample_files("jsonl")
    ),
    Target("attestation", _envelope, _own("attestation")),
    Target("gzip", lambda data: gunzipped(data, where="r"), lambda: [gzip.compress(b"a" * 99)]),
    Target("zip", lambda data: list(unpacked(iter([data]), b"PK\x03\x04", "r")), _zip_seeds),
    Target("noisy-lines", with_words_as_texts, _sample_files("jsonl")),
    Target("json-lines", _DECODERS["jsonl"], _sample_files("json*")),
    Target("csv", _DECODERS["csv"], _sample_files("csv")),
    Target("xml", _DECODERS["xml"], _sample_files("xml")),
    Target("yaml", lambda data: read_yaml_documents(data, where="r"), _package("controls/catalog")),
    Target("words", _words, _own("words")),
    Target("workspace", _workspace, _workspace_seeds),
    Target("cel", _cel, _cel_seeds),
    Target(
        "control",
        lambda data: load_control(data, where="r", schemas={}),
        _package("controls/catalog"),
    ),
    Target(
        "cases",
        lambda data: load_cases(data, where="r"),
        _package("controls/catalog", "*.cases.yaml"),
    ),
    Target(
        "objectives", lambda data: read_objectives(data, where="r"), _package("budgets/presets")
    ),
    Target("table", lambda data: read_table(data, where="r"), _package("triage/tables")),
    Target("vex", lambda data: read_vex(data, where="r"), _vex_seeds),
    Target("feeds", lambda data: list(recognise_feed(data, where="r").records), _own("feeds")),
    Target("endoflife", lambda data: read_products(data, where="r"), _own("endoflife")),
    Target("manifests", lambda data: read_manifests(data, where="r"), _own("manifests")),
    Target("template", lambda data: read_cloudformation(data, where="r"), _own("template")),
    Target("cloudtrail", lambda data: read_records(data, where="r"), _own("cloudtrail")),
    Target("config", lambda data: read_config_items(data, where="r"), _own("config")),
    Target("admission", lambda data: read_admission(data, where="r"), _own("admission")),
    Target("scp", lambda data: read_policy(data, where="r"), _own("scp")),
    Target("events", lambda data: read_events(data, where="r").events, _own("cloudtrail")),
    Target("scp-request", lambda data: read_request(data, where="r", now=_NOW), _request_seeds),
    Target(
        "scp-tree",
        lambda data: read_organization({"organization.yaml": data}, where="r"),
        _tree_seeds,
    ),
    Target("streams", _streams, lambda: _files(SAMPLES, "*/one.*")),
    Target("rego-files", policies.files, _policy_seeds),
    Target("rego-inputs", policies.inputs, lambda: list(policies.INPUTS)),
    Target("rego-message", policies.message, _own("rego")),
    Target("plan", lambda data: read_terraform_plan(data, where="r"), _plan_seeds),
    Target(
        "query",
        _query,
        _own("query"),
    ),
)
TARGETS: Mapping[str, Target] = {
    each.name: each for each in (*_OTHERS, *(_format_target(form) for form in FORMATS))
}

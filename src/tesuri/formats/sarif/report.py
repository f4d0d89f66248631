"""SARIF 2.1.0: the log, its runs, and what they say of the scan.

Results that the log keeps in other files cannot be seen here: such a run, and one without a list of results, is
counted as skipped and the scan as incomplete, because absence then proves nothing.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from tesuri.formats.sarif.run import Run, run_at
from tesuri.formats.sarif.usual_result import ResultReader
from tesuri.model.errors import BadInput
from tesuri.model.format import Format, Likeness
from tesuri.model.observation import Record, Report, Skipped
from tesuri.untrusted.instant import instant
from tesuri.untrusted.json_pieces import plain_value
from tesuri.untrusted.record_groups import GroupedSlices, RecordGroup, grouped, records_of
from tesuri.untrusted.shape import at, flag, items, join_pointer, mapping, shape_name, text, texts

_Group = RecordGroup[Record] | Record
_OLD_VERSION = re.compile(r"1\.|0\.")


def _recognise(document: object) -> Likeness:
    root = mapping(document)
    names_sarif = "sarif" in text(root, "$schema").lower()
    if not isinstance(root.get("runs"), list):
        return Likeness(60, ("$schema names SARIF",)) if names_sarif else Likeness(0)
    runs = items(root, "runs")
    has_tools = bool(runs) and all(mapping(run, "tool") for run in runs)
    if names_sarif or (has_tools and text(root, "version").startswith(("1.", "2."))):
        return Likeness(100, ("runs", "$schema names SARIF" if names_sarif else "version"))
    if any(mapping(run, "tool", "driver") for run in runs):
        return Likeness(90, ("runs with tool.driver",))
    return Likeness(70, ("runs", "version 2")) if text(root, "version") == "2.1.0" else Likeness(0)


def _read(document: object) -> Report:
    root = mapping(document)
    version = text(root, "version")
    if not isinstance(root.get("runs"), list):
        raise BadInput(
            f"A SARIF log has a list `runs`, not {shape_name(root.get('runs'))}.", where="/runs"
        )
    if _OLD_VERSION.match(version):
        raise BadInput(
            f"This is SARIF {version}; versions from 2.0.0 on are read.",
            where="/version",
            remedy="Let the tool write SARIF 2.1.0.",
        )
    raws = items(root, "runs")
    runs = [run_at(mapping(raw), join_pointer("/runs", index)) for index, raw in enumerate(raws)]
    drivers = [mapping(run.raw, "tool", "driver") for run in runs]
    versions = (text(driver, "semanticVersion") or text(driver, "version") for driver in drivers)
    ends = [time for run in runs for time in _times(run)]
    groups = partial(_groups, root, runs)
    return Report(
        format="sarif",
        version=version,
        tool=_joined(run.tool for run in runs) or "sarif",
        tool_version=_joined(versions),
        target=_joined(_target(run) for run in runs),
        configuration=_joined(_category(run) for run in runs),
        scanned_at=max((time for time in ends if time is not None), default=None),
        records=records_of(groups),
        is_complete=all(_is_complete(run) for run in runs),
        rules=_rules(runs),
        slices=GroupedSlices("sarif/2", groups),
    )


def _joined(words: Iterable[str]) -> str:
    return "+".join(sorted({word for word in words if word}))


def _times(run: Run) -> Iterator[datetime | None]:
    for invocation in items(run.raw, "invocations"):
        for key in ("endTimeUtc", "startTimeUtc"):
            yield instant(mapping(invocation).get(key))


def _is_complete(run: Run) -> bool:
    invocations = items(run.raw, "invocations")
    has_failed = any(flag(part, "executionSuccessful") is False for part in invocations)
    is_elsewhere = bool(items(run.raw, "externalPropertyFileReferences", "results"))
    return isinstance(run.raw.get("results"), list) and not has_failed and not is_elsewhere


def _rules(runs: Sequence[Run]) -> frozenset[str]:
    """Give the rules that ran, by all their names; nothing where a run may list only those that found something.

    With more rules than results at least one rule found nothing, so the list is of what ran.
    """
    if not runs or any(len(run.rules) <= len(items(run.raw, "results")) for run in runs):
        return frozenset()
    older = (
        old for run in runs for rule in run.rules.values() for old in texts(rule, "deprecatedIds")
    )
    return frozenset((*(name for run in runs for name in run.rules), *older))


def _category(run: Run) -> str:
    """Give the stable part of a run's id: everything before its last slash, as GitHub reads it."""
    return text(run.raw, "automationDetails", "id").rpartition("/")[0]


def _target(run: Run) -> str:
    """Give the image or the repository that was scanned; empty when the run names neither."""
    return (
        text(run.raw, "properties", "imageName")
        or text(run.raw, "versionControlProvenance", 0, "repositoryUri")
        or _grype_image(run)
    )


def _grype_image(run: Run) -> str:
    if run.tool != "grype":
        return ""
    place = mapping(run.raw, "results", 0, "locations", 0, "logicalLocations", 0)
    # Grype writes image@layer:path.
    image, separator, _ = text(place, "fullyQualifiedName").rpartition("@sha256:")
    return image if separator else ""


def _groups(root: Mapping[str, object], runs: list[Run]) -> Iterator[_Group]:
    for run in runs:
        pointer = join_pointer(run.pointer, "results")
        results = run.raw.get("results")
        if not isinstance(results, list):
            reason = f"the run has no list of results but {shape_name(results)}"
            yield Skipped(pointer, f"{reason}: it does not say that it looked")
        yield from grouped(results, pointer, ResultReader(run).read, _context(run))
        for index, _ in enumerate(items(run.raw, "externalPropertyFileReferences", "results")):
            here = join_pointer(run.pointer, "externalPropertyFileReferences", "results", index)
            yield Skipped(here, "results are kept in another file")
    for index, part in enumerate(items(root, "inlineExternalProperties")):
        for number, _ in enumerate(items(part, "results")):
            here = join_pointer("/inlineExternalProperties", index, "results", number)
            yield Skipped(here, "results outside their run are not read")


def _context(run: Run) -> bytes:
    """Give what results refer to outside themselves: rules, artifacts, bases and folders, but no time."""
    invocations = [
        (at(part, "workingDirectory"), at(part, "ruleConfigurationOverrides"))
        for part in items(run.raw, "invocations")
    ]
    parts = [run.raw.get(key) for key in ("tool", "artifacts", "originalUriBaseIds")]
    return hashlib.blake2b(repr(plain_value([*parts, invocations])).encode()).digest()


FORMAT = Format(
    name="sarif",
    title="SARIF 2.1.0",
    documents=("json",),
    recognise=_recognise,
    read=_read,
)

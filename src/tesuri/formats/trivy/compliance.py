"""Trivy's compliance report (`--compliance`): what failed under each control of a benchmark, or only how often.

With `--report all` each control lists results like those of any scan; a summary only counts them.
"""

from collections.abc import Iterator, Mapping

from tesuri.model.observation import Informational, Kind, Record, Skipped, new_observation
from tesuri.model.severity import severity_from_word
from tesuri.untrusted.record_list import Entry, records_at
from tesuri.untrusted.shape import items, mapping, number, text

_SUMMARY = "SummaryControls"


def is_compliance(root: Mapping[str, object]) -> bool:
    """Whether a document is the report of a benchmark: its controls, each with results or a count."""
    if not {"ID", "Title"} <= root.keys():
        return False
    control = mapping(root, "Results", 0)
    is_detailed = {"ID", "Name"} <= control.keys() and "Results" in control
    return is_detailed or isinstance(root.get(_SUMMARY), list)


def controls_of(root: Mapping[str, object]) -> Iterator[Entry | Record]:
    """Give the controls that have results of their own, and a record for each other one."""
    for control in records_at(root, "Results"):
        if isinstance(control, Skipped) or items(control.fields, "Results"):
            yield control
        else:
            yield Informational(control.pointer, "no result: nothing was checked for the control")


def summary_records(root: Mapping[str, object]) -> Iterator[Record]:
    """Give one record for each control of a summary."""
    for control in records_at(root, _SUMMARY):
        yield control if isinstance(control, Skipped) else _counted(control, text(root, "ID"))


def _counted(control: Entry, benchmark: str) -> Record:
    fields, rule = control.fields, text(control.fields, "ID")
    failures = number(fields, "TotalFail")
    if not rule:
        return Skipped(control.pointer, "the control has no id")
    if failures is None:
        return Informational(control.pointer, "needs a person to check it")
    if failures == 0:
        return Informational(control.pointer, "passed")
    return new_observation(
        kind=Kind.MISCONFIGURATION,
        rule=rule,
        title=text(fields, "Name") or rule,
        severity=severity_from_word(text(fields, "Severity")),
        pointer=control.pointer,
        description=f"Checks that failed: {failures:,.0f}.",
        resource=benchmark,
        resource_type="compliance",
    )

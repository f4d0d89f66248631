"""What the page of one control shows of the findings that stand against it."""

from tests.flows.sample_survey import Journal
from tesuri.controls.load import load_control
from tesuri.flows.catalogue.show_control import catalogue_entry, show_control
from tesuri.flows.site.scope import scope_of
from tesuri.model.identifiers import ControlId
from tesuri.model.observation import Kind

CONTROL = b"""\
id: own-group
title: A group
statement: What goes wrong.
severity: high
resource: AWS::EC2::SecurityGroup
require: "true"
message: "'x'"
points: {plan: {}, live: {}}
"""


def test_what_is_not_deployed_yet_is_never_due() -> None:
    said = {"kind": Kind.MISCONFIGURATION, "rule": "own-group"}
    journal = Journal()
    journal.find(1, finding=said)
    journal.find(2, finding={**said, "is_neutral": True})
    survey = journal.survey()
    entry = catalogue_entry(load_control(CONTROL, where="own.yaml", schemas={}).control, (), ())

    view = show_control(entry, scope_of(survey, None), journal, frozenset({ControlId("own-group")}))
    runs, planned = view.findings
    assert (runs.is_undeployed, runs.due_at is None) == (False, False)
    assert (planned.is_undeployed, planned.due_at, planned.late_seconds) == (True, None, 0)

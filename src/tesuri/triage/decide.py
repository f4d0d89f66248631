"""From facts to answers, from answers to one row of a decision table; and why, and what else.

Pure and replayable: the same answers and the same table always give the same decision.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tesuri.model.decision import Answer, Decision, Outcome
from tesuri.model.errors import BadInput
from tesuri.model.estate import Exposure
from tesuri.model.observation import Cvss
from tesuri.model.severity import Severity
from tesuri.model.signal import Signals
from tesuri.triage.exploitation import automatable, exploitation, in_kev, technical_impact
from tesuri.triage.facts import Facts
from tesuri.triage.severity_vector import read_vector
from tesuri.triage.stakes import exposure, human_impact, mission_and_well_being, publicly_exposed
from tesuri.triage.table import DecisionTable
from tesuri.triage.wording import sentence


@dataclass(frozen=True, slots=True)
class Step:
    """One answer that, changed alone, changes the outcome."""

    question: str
    value: str
    """The other value."""
    outcome: Outcome
    """What it would come to."""


def answers_of(facts: Facts, asked: Container[str] | None = None) -> tuple[Answer, ...]:
    """Answer every question that a known table asks, or these alone, with reason, source and time."""
    vector = read_vector(facts.cvss.vector) if facts.cvss else None
    exposed = exposure(facts)
    reach = Exposure(exposed.value)
    answering: Mapping[str, Callable[[], Answer]] = {
        "exploitation": lambda: exploitation(facts, vector, reach),
        "exposure": lambda: exposed,
        "automatable": lambda: automatable(facts, vector, reach),
        "human_impact": lambda: human_impact(facts),
        "technical_impact": lambda: technical_impact(facts, vector),
        "mission_and_well_being": lambda: mission_and_well_being(facts),
        "in_kev": lambda: in_kev(facts),
        "publicly_exposed": lambda: publicly_exposed(exposed),
    }
    return tuple(answer() for name, answer in answering.items() if asked is None or name in asked)


def decide(answers: Iterable[Answer], table: DecisionTable) -> Decision:
    """Choose the row for these answers. What the table asks and nobody answered takes its default.

    **shape** the decision holds one answer per question of the table, in its order.
    """
    given = {answer.question: answer for answer in answers}
    asked = tuple(
        given.get(question.name) or _unanswered(question.name, question.default)
        for question in table.questions
    )
    index, row = table.lookup({answer.question: answer.value for answer in asked})
    return Decision(
        table=table.title,
        row=index,
        rows=len(table.rows),
        outcome=table.outcome(row),
        answers=asked,
    )


def replay(decision: Decision, table: DecisionTable) -> Decision:
    """Decide again from the stored answers: equal to the decision, or the store was changed.

    **raises** BadInput when the decision was made with another table or version.
    """
    if decision.table != table.title:
        raise BadInput(
            f"The decision was made with {decision.table}, not with {table.title}.",
            remedy="Load that version of the table.",
        )
    return decide(decision.answers, table)


def what_would_change(decision: Decision, table: DecisionTable) -> tuple[Step, ...]:
    """Give every single other answer that would change the outcome, most urgent outcome first."""
    values = {answer.question: answer.value for answer in decision.answers}
    steps = []
    for question in table.questions:
        for other in question.values:
            _, row = table.lookup({**values, question.name: other})
            outcome = table.outcome(row)
            if outcome is not decision.outcome:
                steps.append(Step(question.name, other, outcome))
    return tuple(sorted(steps, key=lambda step: step.outcome.rank))


def rank(
    outcome: Outcome | None,
    *,
    severity: Severity,
    opened_at: datetime,
    cvss: Cvss | None = None,
    signals: Signals | None = None,
) -> tuple[float, ...]:
    """Give a sort key, smallest first: outcome, known exploited, CVSS, EPSS, severity, age.

    CVSS and severity only break ties within an outcome; what is not triaged yet comes first.
    """
    known = signals or Signals()
    return (
        -1 if outcome is None else outcome.rank,
        0 if known.kev is not None else 1 if known.exploits else 2,
        -(cvss.score if cvss else 0.0),
        -(known.epss.score if known.epss else 0.0),
        severity.rank,
        opened_at.timestamp(),
    )


def _unanswered(question: str, default: str) -> Answer:
    return Answer(question, default, sentence("not-answered"), "table default", is_default=True)

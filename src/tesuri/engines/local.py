"""The definition of every engine: closures, one document after the other."""

from collections.abc import Iterable, Sequence

from tesuri.engines.bulk import BatchAnswer, Condition, Departure, Document, Tally
from tesuri.expressions.compiled import Compiled, Evaluation, ready


def evaluate_locally(
    conditions: Sequence[Condition], documents: Iterable[tuple[int, Document]]
) -> BatchAnswer:
    """Evaluate conditions over numbered documents, all at once."""
    compiled = [ready(condition.tree, source="", where=condition.id) for condition in conditions]
    numbered = list(documents)
    departures: list[Departure] = []
    tallies: list[Tally] = []
    for condition, expression in zip(conditions, compiled, strict=True):
        tally, found = tallied(condition.id, expression, numbered, why="")
        tallies.append(tally)
        departures += found
    first = numbered[0][0] if numbered else 0
    return BatchAnswer(first, len(numbered), 0, tuple(tallies), tuple(departures))


def tallied(
    condition: str, expression: Compiled, documents: Sequence[tuple[int, Document]], *, why: str
) -> tuple[Tally, list[Departure]]:
    """Evaluate one condition over numbered documents; `why` says why no faster engine did."""
    departures: list[Departure] = []
    for number, document in documents:
        said: Evaluation = expression.evaluate({"resource": dict(document)})
        if not said.is_true:
            departures.append(Departure(condition, number, is_failing=said.is_false))
    failed = sum(departure.is_failing for departure in departures)
    unknown = len(departures) - failed
    passed = len(documents) - len(departures)
    return Tally(condition, passed, failed, unknown, "closures", why), departures

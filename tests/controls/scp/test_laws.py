"""Laws of evaluation: nothing crashes, denials only add up, and what is decided stays decided."""

import json
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from tests.controls.scp.documents import answer, asked, policy, statement
from tesuri.controls.scp.lint import lint_policy
from tesuri.controls.scp.operators import OPERATORS
from tesuri.controls.scp.policy import read_policy
from tesuri.controls.scp.wildcards import is_like
from tesuri.model.errors import BadInput
from tesuri.model.scp import ScpDecision

KEYS = ["a:k", "a:l", "aws:TagKeys"]
VALUES = ["x", "xy", "*", "x*", "1", "2", "true", "10.0.0.1", "arn:aws:iam::1:role/x", "${a:k}"]
_ELEMENTS = ["Version", "Statement", "Effect", "Action", "Resource", "Condition", "Sid", "x"]

wanted = some.lists(some.sampled_from(VALUES), min_size=1, max_size=2)
operators = some.builds(
    lambda prefix, name, suffix: name if name == "Null" else f"{prefix}{name}{suffix}",
    some.sampled_from(["", "ForAnyValue:", "ForAllValues:"]),
    some.sampled_from(OPERATORS),
    some.sampled_from(["", "IfExists"]),
)
conditions = some.dictionaries(
    operators, some.dictionaries(some.sampled_from(KEYS), wanted, min_size=1), max_size=3
)
contexts = some.dictionaries(
    some.sampled_from(KEYS), some.lists(some.sampled_from(VALUES), max_size=2)
)
documents = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.text(max_size=8)
    | some.sampled_from(VALUES),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from([*_ELEMENTS, *OPERATORS, *KEYS]), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(documents)
def test_any_document_is_a_policy_or_refused_in_a_sentence(document: object) -> None:
    data = json.dumps({"Version": "2012-10-17", "Statement": document}).encode()
    assert all(refusal_of(reader, data).endswith(".") for reader in (read_policy, lint_policy))


def refusal_of(reader: Callable[..., object], data: bytes) -> str:
    """Give the sentence with which a reader refuses; only a full stop when it reads."""
    try:
        reader(data, where="p.json")
    except BadInput as refusal:
        return refusal.what
    return "."


@given(some.lists(conditions, max_size=3), conditions, contexts)
def test_a_further_denying_statement_never_lets_anything_through(
    before: list[object], more: object, context: dict[str, object]
) -> None:
    statements = [statement(Condition=each) for each in before]
    first = answer([policy(*statements, statement(Action="s3:x"))], asked(context=context))
    second = answer([policy(*statements, statement(Condition=more))], asked(context=context))
    if first.decision is ScpDecision.DENY:
        assert second.decision is ScpDecision.DENY


@given(conditions, contexts, contexts)
def test_what_is_decided_with_unknown_keys_is_decided_so_for_every_completion(
    condition: object, shown: dict[str, object], hidden: dict[str, object]
) -> None:
    """A record that decides a call must decide it as the whole request does."""
    documents = [policy(statement(Condition=condition))]
    recorded = replace(asked(context=shown), is_complete=False)
    decided = answer(documents, recorded).decision
    # An empty list in a record says that the key was not carried; nobody knows it then.
    completions = {key: value for key, value in hidden.items() if not shown.get(key)}
    whole = answer(documents, asked(context={**shown, **completions})).decision
    assert whole is not ScpDecision.UNKNOWN
    assert decided in {ScpDecision.UNKNOWN, whole}


@given(some.text("ab*?", max_size=8), some.text("ab", max_size=8))
def test_wildcards_match_as_their_definition_does(pattern: str, text: str) -> None:
    assert is_like(text, pattern) is _defined(pattern, text)


def _defined(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_defined(pattern[1:], text[at:]) for at in range(len(text) + 1))
    is_first = bool(text) and pattern[0] in {text[0], "?"}
    return is_first and _defined(pattern[1:], text[1:])

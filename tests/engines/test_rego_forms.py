"""Forms of Rego that public policies are written in, and what becomes of them."""

from collections.abc import Iterator

import pytest

from tesuri.engines.rego.engine import RegorusEngine
from tesuri.model.rego import RegoAnswer, RegoModule, RegoQuestion, RegoUnit


class _Asked:
    """Answers of the rule main.deny; each text is a policy of its own."""

    def __init__(self) -> None:
        self.opened: list[RegorusEngine] = []

    def __call__(self, words: str, given: object) -> RegoAnswer:
        unit = RegoUnit((RegoModule("main.rego", words),))
        engine = RegorusEngine("policies", [unit])
        self.opened.append(engine)
        (rule,) = [one for one in engine.open().units[0].rules if one.id == "main.deny"]
        return engine.ask([RegoQuestion(0, rule)], given)[0]


@pytest.fixture
def ask() -> Iterator[_Asked]:
    asked = _Asked()
    yield asked
    for engine in asked.opened:
        engine.close()


def test_a_set_may_have_several_bodies_under_one_head(ask: _Asked) -> None:
    words = """package main

deny[{"msg": msg}] {
  input.a
  msg := "a"
} {  # or
  input.b
  msg := "} {"
} { input.c
  msg := "c" }
"""
    answer = ask(words, {"b": 1, "c": 1})
    assert answer == RegoAnswer(values=({"msg": "c"}, {"msg": "} {"}))


@pytest.mark.parametrize(
    "words",
    [
        "package main\ndeny = messages { messages := {m | m := input.said[_]} }",
        "package main\nimport rego.v1\ndeny := [m | some m in input.said]",
        "package main\nimport rego.v1\ndefault deny := set()\ndeny := {m | some m in input.said} if input.said",
    ],
)
def test_a_rule_may_give_its_messages_as_one_list(ask: _Asked, words: str) -> None:
    assert ask(words, {"said": ["one", "two"]}).values == ("one", "two")
    assert ask(words, {"said": []}) == RegoAnswer()


def test_a_rule_that_gives_something_else_than_a_list_is_unknown(ask: _Asked) -> None:
    words = "package main\nimport rego.v1\ndeny := said if { said := input.said }"
    answer = ask(words, {"said": True})
    assert answer.values == ()
    assert answer.unknown == ("main.rego: line 3: the rule gives true, not a set of messages",)

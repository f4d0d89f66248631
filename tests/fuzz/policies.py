"""Targets for policies in Rego: the files that they are read from, and what a rule may say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tesuri.flows.gates.judge_policies import PolicySubject, policy_rulings
from tesuri.flows.gates.judge_resources import open_gate
from tesuri.flows.gates.load_policies import load_policies
from tesuri.flows.gates.policy_choice import Choice
from tesuri.flows.gates.read_policies import PolicyFiles, read_policies
from tesuri.model.control import GateAnswer, Point
from tesuri.model.objective import PolicyState
from tesuri.model.ownership import Ownership, PolicyStanding
from tesuri.model.rego import (
    RegoAnswer,
    RegoCase,
    RegoModule,
    RegoQuestion,
    RegoRule,
    RegoUnitRules,
)
from tesuri.model.resource import Resource
from tesuri.subjects.configuration.documents import is_configuration, read_configuration
from tesuri.subjects.kubernetes.gatekeeper import matches
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import mapping

_BUCKET = Resource("AWS::S3::Bucket", "aws_s3_bucket.logs", {})
_POD = {"kind": {"kind": "Pod"}, "object": {"metadata": {"name": "a", "labels": {"b": "c"}}}}


@dataclass(frozen=True, slots=True)
class Saying:
    """An engine whose one rule says what it was given."""

    values: tuple[object, ...]

    @property
    def units(self) -> Sequence[RegoUnitRules]:
        rule = RegoRule("main", "deny", "a.rego", 1, is_set=True)
        return (RegoUnitRules(("main",), (rule,)),)

    def ask(self, questions: Sequence[RegoQuestion], document: object) -> Sequence[RegoAnswer]:
        del document
        return [RegoAnswer(self.values) for _ in questions]

    def ask_each(
        self, asked: Sequence[RegoCase], shared: Mapping[str, object]
    ) -> Sequence[RegoAnswer]:
        return self.ask([one.question for one in asked], shared)


def message(data: bytes) -> None:
    """Judge a change by a rule that gave any JSON at all: it blocks, and says something."""
    engine = Saying((read_json(data, where="r"),))
    files = PolicyFiles(modules=[RegoModule("a.rego", "")])
    gate = open_gate(
        Point.PLAN,
        (),
        owner_of=lambda _: Ownership(None, None, "nobody"),
        policy_of=lambda _: PolicyStanding(PolicyState.AMPLE, "fuzz"),
        waivers=(),
        now=datetime(2026, 11, 1, tzinfo=UTC),
        policies=load_policies(files, Choice(), lambda _: engine, where="r"),
    )
    (found,) = policy_rulings(PolicySubject({}, "plan.json", (_BUCKET,)), gate)
    assert found.answer is GateAnswer.BLOCK
    assert found.message
    assert found.verdict.address


INPUTS = (
    b'a.tf\nresource "a" "b" {\n  c = "${var.d}-e" # f\n  g = [1, { h = true }]\n  i = <<-J\n    k\n  J\n}\n',
    b'Dockerfile\n# a\nFROM b AS c\nRUN d \\\n  e\nENV f="g h"\nCMD ["i"]\nRUN <<X\nj\nX\n',
    b'a.ini\n[b]\nc = "d" ; e\nf = 1\n',
    b"a.properties\na.b = c\\\n d\n",
    b'a.env\nexport A="b\\n" # c\n',
    b"a.toml\n[a]\nb = 2024-01-02\n",
    b'a.xml\n<a b="c"><d/>e</a>',
    b'a.ndjson\n{"a": 1}\n{}\n',
)
"""Files that policies see, each below the line with its name."""


def inputs(data: bytes) -> None:
    """Read a file that policies see: its name is the first line."""
    path, _, content = data.partition(b"\n")
    name = path.decode(errors="replace")[:60]
    if is_configuration(name):
        read_configuration(name, content, where="r")


def files(data: bytes) -> None:
    """Read a folder of one file: its path is the first line; match what constraints it holds."""
    path, _, content = data.partition(b"\n")
    name = path.decode(errors="replace")[:60].strip("/") or "a.yaml"
    known = {name: content, "a.rego": b"package main\n"}
    for constraint in read_policies({"r": known}, {}).constraints:
        matches(constraint, mapping(_POD), {})

"""What the source tells of an expression that was not worked out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tesuri.model.resource import PRESENT, UNKNOWN, partly_known
from tesuri.subjects.planned import Planned
from tesuri.subjects.terraform.literals import completed, expressions, literal


def names(name: str) -> Planned:
    told: dict[str, Planned] = {"local.who": "ana", "local.many": ["a"]}
    return told.get(name, UNKNOWN)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("null", None),
        ("true", True),
        ("-1.5", -1.5),
        ('"a\\n\\"b\\""', 'a\n"b"'),
        ('"$${aws:username}"', "${aws:username}"),
        ('"x-${local.who}-${var.late}"', partly_known(["x-ana-", ""])),
        ('"${aws_kms_key.k.arn}"', PRESENT),
        ("aws_kms_key.k[0].arn", PRESENT),
        ("data.aws_iam_role.r.arn", PRESENT),
        ("local.many", ["a"]),
        ("var.late", UNKNOWN),
        ("var.a ? 1 : 2", UNKNOWN),
        ("!true", UNKNOWN),
        ("merge({}, {})", UNKNOWN),
        ("[for a in local.many : a]", UNKNOWN),
        ("{ for k, v in local.many : k => v }", UNKNOWN),
        ('{ a = 1, b : [2, 3,], "c" = { d = f(x, y) }\n e = null # end {\n}', {"a": 1, "b": [2, 3], "c": {"d": UNKNOWN}, "e": None}),
        ('jsonencode({ Action = "*", Who = var.late })', {"Action": "*", "Who": UNKNOWN}),
        ("jsonencode([1]) == null", UNKNOWN),
    ],
)  # fmt: skip
def test_literals_are_read_and_all_else_is_unknown(expression: str, expected: object) -> None:
    assert literal(expression, names) == expected


def test_attributes_of_a_block_are_found_and_those_of_blocks_inside_are_not() -> None:
    block = """resource "a" "b" {
  one = {
    inner = "}" # }
  }
  nested {
    two = 2
  }
  text = <<EOF
three = 3
EOF
  four = [
    4,
  ]
}"""

    found = expressions(block)

    assert sorted(found) == ["four", "one", "text"]
    assert literal(found["four"], names) == [4]


def test_only_what_is_not_known_is_taken_from_the_source() -> None:
    evaluated: Planned = {"a": UNKNOWN, "b": [1, UNKNOWN], "c": PRESENT}

    assert completed(evaluated, {"a": 2, "b": [9, 3], "c": 4}) == {
        "a": 2,
        "b": [1, 3],
        "c": PRESENT,
    }


@given(st.text(alphabet='{}[]()"=,:$#/*<E\n\\ ab1.?', max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_to_its_end(text: str) -> None:
    literal(text, names)
    expressions("x {" + text + "}")

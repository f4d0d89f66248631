"""HCL as it is written, in the shape that policies expect."""

import pytest

from tesuri.model.errors import BadInput
from tesuri.subjects.configuration.hcl import read_hcl


def value_of(expression: str) -> object:
    return read_hcl(f"x = {expression}\n", where="a.tf")["x"]


def test_blocks_are_members_of_a_list_below_their_labels() -> None:
    text = """
    resource "aws_lb" "web" { # one
      port = 80
      rule { name = "a" }
      rule { name = "b" }
    }
    provider "aws" { alias = "one" }
    provider "aws" { alias = "two" }
    terraform {}
    """
    assert read_hcl(text, where="a.tf") == {
        "resource": {"aws_lb": {"web": [{"port": 80, "rule": [{"name": "a"}, {"name": "b"}]}]}},
        "provider": {"aws": [{"alias": "one"}, {"alias": "two"}]},
        "terraform": [{}],
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"a\\"b\\u00e9"', 'a"bé'),
        ("-1.5", -1.5),
        ("true", True),
        ("null", None),
        ('"${true}"', True),
        ('["a", 1, [var.x],]', ["a", 1, ["${var.x}"]]),
        ('{ a = 1, "b c" : false\n d = var.e }', {"a": 1, "b c": False, "d": "${var.e}"}),
        ("{ (var.k) = 1 }", {"${var.k}": 1}),
    ],
)
def test_values_are_themselves(written: str, meant: object) -> None:
    assert value_of(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "var.x",
        "a > 2 ? 1 : 0",
        'merge(local.tags, {\n  Name = "x-${var.n["}"]}"\n})',
        "[for one in var.all : one]",
        '"a" == var.b',
        "4 - 2",
        "!var.y",
    ],
)
def test_what_needs_evaluation_stays_as_it_is_written(written: str) -> None:
    assert value_of(written) == f"${{{written}}}"


def test_texts_of_several_lines_keep_their_parts() -> None:
    text = 'x = <<-END\n    one ${var.a}\n      two\n  END\ny = "in ${f("q")} $${not}"\n'
    assert read_hcl(text, where="a.tf") == {
        "x": "one ${var.a}\n  two\n",
        "y": 'in ${f("q")} ${not}',
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('a "b" {\n  x = 1\n', "a name is missing"),
        ("x = \n", "an expression is missing"),
        ('x = "a\n', "does not end on its line"),
        ('x = "${a"\n', "does not end"),
        ("x = <<END\na\n", "the text END does not end"),
        ("x = f(1\n", ") is missing"),
        ('x = "\\U99999999"\n', "no character"),
        ('x = "\\ud800"\n', "no character"),
        ("a {\n" * 100, "nested more than 60 levels"),
        ('a "b" {}\na {}\n', "given twice"),
        ("x = " + "[" * 5_000, "nested more than 60 levels"),
    ],
)
def test_what_is_no_hcl_is_refused_with_its_line(text: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_hcl(text, where="a.tf")
    assert what in refused.value.what
    assert refused.value.where.startswith("a.tf: line ")

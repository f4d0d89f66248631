"""docs/resource-types.md is what the tables of types say."""

from collections.abc import Callable
from pathlib import Path

from tools.resource_types import PAGE, page


def test_the_page_of_resource_types_is_what_the_tables_say(
    golden: Callable[[Path, str], None],
) -> None:
    golden(PAGE, page())


def test_a_row_says_where_a_type_comes_from_and_what_is_ours() -> None:
    row = next(line for line in page().splitlines() if line.startswith("| `AWS::SNS::Topic`"))

    assert "`aws_sns_topic`" in row
    assert "`PolicyDocument`, `Subscriptions`" in row

"""Some columns of a table, and rows of them as the driver's own tuples."""

from dataclasses import dataclass

from sqlalchemy import Table

Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Some columns of a table, in the order in which rows give them."""

    table: str
    names: tuple[str, ...]


def columns_of(table: Table, *leave_out: str) -> Columns:
    """Give all columns of a table in their order, but for some."""
    return Columns(
        table.name, tuple(each.name for each in table.columns if each.name not in leave_out)
    )

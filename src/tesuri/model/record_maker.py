"""Make frozen records quickly: a frozen dataclass sets each field through `object.__setattr__`, three times the price.

A maker fills a twin of the record, which has the same slots and is not frozen, and then turns it into the record.
"""

from dataclasses import field, fields, make_dataclass
from typing import TypeVar, cast

R = TypeVar("R")


def maker_of(record: type[R]) -> type[R]:
    """Give what makes records of a frozen dataclass with slots: called like it, to equal records, in a third of the time.

    Only for calling: what it makes is of the record's own type.
    """

    def become_record(self: object) -> None:
        self.__class__ = record

    parts: list[tuple[str, object, object]] = [
        (part.name, part.type, field(default=part.default, default_factory=part.default_factory))
        for part in fields(record)  # type: ignore[arg-type] # every record is a dataclass
    ]
    twin = make_dataclass(
        record.__name__, parts, slots=True, namespace={"__post_init__": become_record}
    )
    return cast("type[R]", twin)

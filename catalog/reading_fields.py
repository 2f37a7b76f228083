"""What a record's fields look like from outside: one source for the readers and for the documentation."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from catalog.records import ID_PATTERN, Record


class Kind(StrEnum):
    """How a value is written."""

    ID = "id"
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    DECIMAL = "exact decimal"
    BOOLEAN = "true or false"
    DATE = "date"
    MONTH = "month"
    CHOICE = "choice"
    LIST = "list"
    RECORD = "record"


NAMES = frozenset({Kind.ID, Kind.TEXT, Kind.CHOICE})
"""A list of names holds each of them once; numbers of a list stand for one month after the other, and may repeat."""


@dataclass(frozen=True)
class Bounds:
    """Limits of a number; None where there is none."""

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None

    def hold(self, value: float | Decimal) -> bool:
        """Whether a value is inside."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )

    def __str__(self) -> str:
        low = f"above {self.above:g}" if self.above is not None else ""
        low = low or (f"at least {self.at_least:g}" if self.at_least is not None else "")
        high = f"below {self.below:g}" if self.below is not None else ""
        high = high or (f"at most {self.at_most:.10g}" if self.at_most is not None else "")
        return " and ".join(part for part in (low, high) if part)


@dataclass(frozen=True)
class Shape:
    """How one value is written, and what it must keep."""

    kind: Kind
    python: Any
    """The Python type it becomes; for a list that of its items."""
    bounds: Bounds = Bounds()
    choices: tuple[Any, ...] = ()
    item: "Shape | None" = None


@dataclass(frozen=True)
class Field:
    """One field of a record."""

    name: str
    shape: Shape
    required: bool
    default: Any
    description: str

    @property
    def record(self) -> type[Record] | None:
        """The record that the field, or each item of it, holds."""
        shape = self.shape.item or self.shape
        return shape.python if shape.kind is Kind.RECORD else None


@cache
def fields_of(record: type[Record]) -> dict[str, Field]:
    """The fields of a record in the order in which they are declared."""
    fields = {}
    for name, info in record.model_fields.items():
        fields[name] = Field(
            name=name,
            shape=_shape(info.annotation, tuple(info.metadata)),
            required=info.is_required(),
            default=None if info.is_required() else info.get_default(call_default_factory=True),
            description=(info.description or "").strip(),
        )
    return fields


def _shape(annotation: Any, metadata: tuple[Any, ...]) -> Shape:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return _shape(inner, (*more, *metadata))
    if origin in (Union, UnionType):
        (inner,) = [option for option in get_args(annotation) if option is not NoneType]
        return _shape(inner, metadata)
    if origin is Literal:
        return Shape(Kind.CHOICE, annotation, choices=get_args(annotation))
    if origin is tuple:
        item = _shape(get_args(annotation)[0], ())
        return Shape(Kind.LIST, item.python, item=item)
    return _plain_shape(annotation, metadata)


def _plain_shape(python: Any, metadata: tuple[Any, ...]) -> Shape:
    if issubclass(python, Record):
        return Shape(Kind.RECORD, python)
    if issubclass(python, Enum):
        return Shape(Kind.CHOICE, python, choices=tuple(member.value for member in python))
    if python is str:
        is_id = any(getattr(constraint, "pattern", None) == ID_PATTERN for constraint in metadata)
        return Shape(Kind.ID if is_id else Kind.TEXT, python)
    kinds = {bool: Kind.BOOLEAN, int: Kind.WHOLE, float: Kind.NUMBER, Decimal: Kind.DECIMAL, date: Kind.DATE}
    if python in kinds:
        return Shape(kinds[python], python, bounds=_bounds(metadata))
    if hasattr(python, "parse"):
        return Shape(Kind.MONTH, python)
    raise TypeError(f"no reader for fields of type {python!r}")


def _bounds(metadata: tuple[Any, ...]) -> Bounds:
    """The tightest of the stated limits of each sort."""
    flat = [c for item in metadata for c in (item.metadata if isinstance(item, FieldInfo) else (item,))]

    def limits(name: str) -> list[float]:
        return [float(getattr(c, name)) for c in flat if getattr(c, name, None) is not None]

    at_least, above, at_most, below = (limits(name) for name in ("ge", "gt", "le", "lt"))
    return Bounds(
        at_least=max(at_least, default=None) if not above else None,
        above=max(above, default=None),
        at_most=min(at_most, default=None) if not below else None,
        below=min(below, default=None),
    )

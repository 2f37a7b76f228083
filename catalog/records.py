"""The ground every record stands on: frozen, closed to unknown fields, units in the names."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
TEXT_LIMIT = 1000

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Text = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
Usd = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
"""An exact amount or price of money; never negative in input."""


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="strings"
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with fields replaced; cached properties are computed anew, not carried over."""
        copied = super().model_copy(update=update, deep=deep)
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied


class Evidence(StrEnum):
    """How well a number is known, best first (docs/decisions/0002)."""

    MEASURED = "measured"
    INDEPENDENT = "independent"
    MODELLED = "modelled"
    VENDOR = "vendor"
    ROOFLINE = "roofline"

    @property
    def rank(self) -> int:
        """0 for the best grade, 4 for the worst."""
        return list(Evidence).index(self)

    def lowered(self) -> "Evidence":
        """The next worse grade; the worst stays itself."""
        grades = list(Evidence)
        return grades[min(self.rank + 1, len(grades) - 1)]


def worst(grades: Iterable[Evidence]) -> Evidence:
    """What a number is known by that rests on several; at least one.

    >>> worst([Evidence.VENDOR, Evidence.MEASURED]).value
    'vendor'
    """
    return max(grades, key=lambda grade: grade.rank)


class Sourced(Record):
    """A row that says where it comes from."""

    source: Text
    """Where the figures were read: repository and commit, document, quote number."""
    as_of: date
    """The day on which the figures were true."""
    evidence: Evidence = Evidence.INDEPENDENT
    """How well the figures are known."""
    licence: Text = ""
    """Licence of the source row, where it has one."""


class ByEvidence(Record):
    """One number for each grade of evidence."""

    measured: NonNegative
    independent: NonNegative
    modelled: NonNegative
    vendor: NonNegative
    roofline: NonNegative

    def of(self, grade: Evidence) -> float:
        """The number of a grade."""
        return {
            Evidence.MEASURED: self.measured,
            Evidence.INDEPENDENT: self.independent,
            Evidence.MODELLED: self.modelled,
            Evidence.VENDOR: self.vendor,
            Evidence.ROOFLINE: self.roofline,
        }[grade]

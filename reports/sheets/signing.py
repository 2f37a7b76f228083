"""Columns that every list of things to sign shares: probability and expected value, and what procurement fills in."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol, TypeVar

from reports.formulas import Expr, Where
from reports.functions import compared, count_where, looked_up, quoted, when
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records
from reports.sheets.inputs import Inputs


class OfContract(Protocol):
    """Something to sign."""

    @property
    def contract(self) -> str:
        """The terms that it is signed under."""


class Quoted(Protocol):
    """Terms that may rest on a quote."""

    @property
    def quote(self) -> str:
        """Its number."""

    @property
    def quote_valid_until(self) -> date | None:
        """Last day on which it can be signed."""

    @property
    def fictitious(self) -> bool:
        """Whether it is made up."""


Row = TypeVar("Row")
Signed = TypeVar("Signed", bound=OfContract)


def probability(inputs: Inputs) -> Field[Row]:
    """That of the outlook in the column Only if."""
    chances = inputs.outlooks, inputs.probabilities
    return Field("Probability", lambda _, at: looked_up(at["Only if"], *chances), Kind.LINK, Fmt.SHARE)


def expected_value() -> Field[Row]:
    """Order value times probability: the only amount that adds up over outlooks."""
    return Field(
        "Expected value USD",
        lambda _, at: at["Order value USD"] * at["Probability"],
        Kind.CALC,
        Fmt.MONEY,
        total=True,
    )


STANDS = "Quote on that day"
EXPIRED = "EXPIRED"


def forms(terms: Mapping[str, Quoted]) -> list[Field[Signed]]:
    """The quote behind the contract of each line, and two cells to fill in."""
    return [*quoted_by(lambda row: terms[row.contract]), *to_fill_in()]


def quoted_by(quote_of: Callable[[Row], Quoted], already: Callable[[Row], str] = lambda _: "") -> list[Field[Row]]:
    """The quote, and whether it stands on the day to sign; `already`: how a line is had without signing, or nothing."""

    def stands(row: Row, at: Line) -> Expr | str:
        if already(row):
            return already(row)
        if quote_of(row).quote_valid_until is None:
            return "no end stated"
        return when(compared(at["Order by"], ">", at["Quote valid until"]), quoted(EXPIRED), quoted("valid"))

    return [
        Field("Quote", lambda r, _: quote_of(r).quote, Kind.INPUT),
        Field("Quote valid until", lambda r, _: quote_of(r).quote_valid_until, Kind.INPUT, Fmt.DATE),
        Field(STANDS, stands, Kind.CALC),
        Field("Fictitious quote", lambda r, _: quote_of(r).fictitious, Kind.INPUT),
    ]


def expired_in(signed: Records[Row]) -> Expr:
    """How many lines of a list have a quote that ends before the day to sign."""
    return count_where(Where(signed.column(STANDS), "=", quoted(EXPIRED)))


def to_fill_in() -> list[Field[Row]]:
    """Cells for procurement."""
    return [
        Field("PO number", lambda *_: None, Kind.INPUT, min_width=14),
        Field("Approver", lambda *_: None, Kind.INPUT, min_width=14),
    ]

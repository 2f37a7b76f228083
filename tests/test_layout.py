"""Cells hold plain values; formulas and their values are built together."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from reports.formulas import ONE, Area, Expr, Where
from reports.functions import (
    compared,
    count_where,
    greatest,
    looked_up,
    member_max,
    months_later,
    ratio,
    rounded,
    sum_where,
    total,
    when,
)
from reports.grid import Grid
from reports.layout import TEXT_LIMIT, Kind, Unwritable, clean
from reports.records import Field, write_records

FIRST, SECOND = Expr("A1", 6.0), Expr("B1", 4.0)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (None, None),
        (True, "yes"),
        (False, "no"),
        (Decimal("1.25"), 1.25),
        (np.float64(2.5), 2.5),
        (np.int64(3), 3),
        (datetime(2027, 1, 2), date(2027, 1, 2)),
        ("=1+1", "=1+1"),
        ("bell\x07", "bell\ufffd"),
    ],
)
def test_values_come_in_by_one_door(raw: object, kept: object) -> None:
    assert clean(raw) == kept


@pytest.mark.parametrize(
    "raw",
    [
        math.nan,
        math.inf,
        Decimal("NaN"),
        np.float64("nan"),
        pd.NaT,
        pd.NA,
        datetime(2027, 1, 1, tzinfo=UTC),
        "x" * (TEXT_LIMIT + 1),
        object(),
    ],
)
def test_what_no_cell_may_hold_is_refused(raw: object) -> None:
    with pytest.raises(Unwritable):
        clean(raw)


def test_a_refused_value_names_its_sheet_and_column() -> None:
    fields = [Field[float]("Amount USD", lambda r, _: r)]
    with pytest.raises(Unwritable, match="sheet Bills, column 'Amount USD', row 7"):
        write_records(Grid("Bills", "read"), "tblBills", fields, [1.0, math.nan], "Bills", "")


@pytest.mark.parametrize(
    ("built", "text", "value"),
    [
        (FIRST * (SECOND - ONE), "A1*(B1-1)", 18.0),
        (FIRST - (SECOND - ONE), "A1-(B1-1)", 3.0),
        (FIRST / (SECOND / ONE), "A1/(B1/1)", 1.5),
        (FIRST / SECOND * ONE, "A1/B1*1", 1.5),
        (ratio(FIRST, Expr("C1", 0.0)), "IF(C1=0,0,A1/C1)", 0.0),
        (greatest(FIRST, SECOND), "MAX(A1,B1)", 6.0),
        (when(compared(FIRST, "<=", SECOND), ONE, SECOND), "IF(A1<=B1,1,B1)", 4.0),
        (rounded(Expr("C1", 2.675), Expr("P", 2)), "ROUND(C1,P)", 2.68),
        (months_later(Expr("D1", date(2027, 11, 1)), Expr("E1", 3)), "EDATE(D1,E1)", date(2028, 2, 1)),
    ],
)
def test_a_formula_and_its_value_are_built_together(built: Expr, text: str, value: object) -> None:
    assert (built.text, built.value) == (text, value)


NAMES = Area("A1:A4", ("gpu", "GPU", "cpu", None))
NUMBERS = Area("B1:B4", (1.0, 2.0, 4.0, None))


def test_conditions_compare_text_without_regard_to_case() -> None:
    is_gpu = Where(NAMES, "=", Expr("C1", "Gpu"))
    assert sum_where(NUMBERS, is_gpu).value == 3.0
    assert count_where(is_gpu, Where(NUMBERS, ">", ONE)).value == 1
    assert member_max(NAMES, Expr("C1", "gpu"), NUMBERS).value == 2.0


def test_blanks_count_nothing_and_fail_every_comparison() -> None:
    assert total(NUMBERS).value == 7.0
    assert count_where(Where(NUMBERS, "<", Expr("C1", 99))).value == 3


def test_a_look_up_of_what_is_not_there_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(LookupError, match="tpu"):
        looked_up(Expr("C1", "tpu"), NAMES, NUMBERS)


def test_references_to_the_own_sheet_lose_its_name_and_others_keep_theirs() -> None:
    here, other = Grid("Calc_Cash", "workings"), Grid("Cash", "workings")
    mine, theirs = here.put(0, 0, 2.0), other.put(0, 0, 3.0)
    here.put(1, 0, mine * theirs, kind=Kind.CALC)
    assert here.cells[1, 0].formula == "A1*Cash!A1"
    other.put(1, 0, mine * theirs, kind=Kind.CALC)
    assert other.cells[1, 0].formula == "Calc_Cash!A1*A1"

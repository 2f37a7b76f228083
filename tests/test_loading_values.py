"""How single values may be written."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.findings import Code
from catalog.reading_fields import Kind, fields_of
from catalog.reading_values import Unfit, parse_value
from catalog.records import Count, Id, Positive, Record, Share, Text, Usd
from contracts.calendar import Month


class Sample(Record):
    share: Share
    positive: Positive
    count: Count
    usd: Usd
    yes: bool
    day: date
    month: Month
    ident: Id
    text: Text
    idents: tuple[Id, ...]


def parsed(field: str, text: str) -> Any:
    return parse_value(text, fields_of(Sample)[field].shape)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("positive", "12500", 12500.0),
        ("positive", "0.85", 0.85),
        ("positive", "4e6", 4e6),
        ("positive", "4.2E+6", 4.2e6),
        ("share", "0", 0.0),
        ("share", "1.0", 1.0),
        ("count", "40", 40),
        ("count", "4e1", 40),
        ("usd", "12500.00", Decimal("12500.00")),
        ("usd", "0.00000001", Decimal("0.00000001")),
        ("usd", "2.500000000000", Decimal("2.5")),
        ("yes", "true", True),
        ("yes", "false", False),
        ("day", "2028-02-29", date(2028, 2, 29)),
        ("month", "2027-01", Month(2027, 1)),
        ("ident", "A.b_c-9", "A.b_c-9"),
        ("text", " kept as it is, ä ", " kept as it is, ä "),
        ("idents", "a;b", ("a", "b")),
        ("idents", "a; b", ("a", "b")),
    ],
)
def test_plain_values_are_read(field: str, text: str, value: object) -> None:
    assert parsed(field, text) == value


@pytest.mark.parametrize(
    ("field", "text", "code", "hint"),
    [
        ("positive", "12,500.00", Code.NUMBER, "write 12500.00"),
        ("positive", "12'500", Code.NUMBER, "write 12500"),
        ("positive", "12 500", Code.NUMBER, "write 12500"),
        ("positive", "12.500,00", Code.NUMBER, "write 12500.00"),
        ("positive", "0,85", Code.NUMBER, "write 0.85"),
        ("positive", "1_000", Code.NUMBER, "nothing else"),
        ("positive", "+5", Code.NUMBER, "nothing else"),
        ("positive", ".5", Code.NUMBER, "nothing else"),
        ("positive", "5.", Code.NUMBER, "nothing else"),
        ("positive", "0x10", Code.NUMBER, "nothing else"),
        ("positive", "007", Code.NUMBER, "leading zeros"),
        ("positive", "inf", Code.NUMBER, "nothing else"),
        ("positive", "nan", Code.NUMBER, "nothing else"),
        ("positive", "٤٠", Code.NUMBER, "digits 0 to 9"),
        ("positive", "½", Code.NUMBER, "nothing else"),
        ("positive", " 5", Code.NUMBER, "remove the space"),
        ("positive", "1e-10", Code.TINY, "unit"),
        ("positive", "1e16", Code.HUGE, "unit"),
        ("positive", "1e999", Code.HUGE, "unit"),
        ("positive", "9" * 5000, Code.HUGE, "unit"),
        ("positive", "0", Code.RANGE, "check"),
        ("positive", "-0.0", Code.RANGE, "check"),
        ("share", "40%", Code.PERCENT, "write 0.4"),
        ("share", "40 %", Code.PERCENT, "write 0.4"),
        ("share", "40", Code.RANGE, "write 0.4"),
        ("share", "-0.1", Code.RANGE, "check"),
        ("count", "0", Code.RANGE, "check"),
        ("count", "40.5", Code.NOT_WHOLE, "whole"),
        ("usd", "1.25e1", Code.NUMBER, "without an exponent"),
        ("usd", "$90", Code.NUMBER, "currency"),
        ("usd", "-1", Code.RANGE, "check"),
        ("usd", "0.123456789", Code.DECIMALS, "quote"),
        ("yes", "TRUE", Code.BOOLEAN, "small letters"),
        ("yes", "1", Code.BOOLEAN, "true or false"),
        ("day", "2027-02-29", Code.DATE, "day and the month"),
        ("day", "2027-1-3", Code.DATE, "retype"),
        ("day", "46418", Code.DATE, "retype"),
        ("month", "2027-13", Code.MONTH, "retype"),
        ("ident", "-a", Code.ID, "begin with"),
        ("ident", "a" * 65, Code.ID, "begin with"),
        ("ident", "a/b", Code.ID, "use only"),
        ("ident", "a\n", Code.ID, "remove the space"),
        ("ident", "nоrth", Code.ID, "U+043E"),
        ("text", "a\u202eb", Code.CHARACTER, "U+202E"),
        ("text", "x" * 1001, Code.LONG_TEXT, "shorten"),
        ("idents", "a;;b", Code.BLANK, "separator"),
        ("idents", "a;a", Code.REPEATED, "second"),
        ("idents", "a;b c", Code.ID, "use only"),
    ],
)
def test_doubtful_values_are_refused_with_a_way_out(field: str, text: str, code: Code, hint: str) -> None:
    with pytest.raises(Unfit) as refused:
        parsed(field, text)
    assert refused.value.code is code
    assert hint in refused.value.hint


@given(st.decimals(min_value="0.00000001", max_value="1e14", places=8))
def test_money_is_read_to_the_last_digit(amount: Decimal) -> None:
    assert parsed("usd", f"{amount:f}") == amount


@given(st.floats(min_value=1e-9, max_value=1e15))
def test_any_number_as_python_prints_it_is_read_back(number: float) -> None:
    assert parsed("positive", repr(number)) == number


@given(st.text(max_size=50), st.sampled_from(sorted(fields_of(Sample))))
def test_no_text_makes_the_reader_fall_over(text: str, field: str) -> None:
    with suppress(Unfit):
        parsed(field, text)


def test_every_kind_of_value_is_read_by_the_sample() -> None:
    kinds = {field.shape.kind for field in fields_of(Sample).values()}
    assert kinds == set(Kind) - {Kind.CHOICE, Kind.RECORD}

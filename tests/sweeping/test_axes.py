"""How the values of an axis are written, and what is refused."""

from decimal import Decimal

import pytest

from optimizer.sweeping.axes import Axis, Form, parse_axis
from optimizer.sweeping.faults import WrongAxis
from scenarios.changes import Change, Verb

PRICE = "contracts.acme-3y.price_usd_per_node_hour"


def axis(values: str) -> Axis:
    return parse_axis(f"{PRICE}={values}")


@pytest.mark.parametrize(
    ("written", "form", "values"),
    [
        ("60..90/4", Form.ABSOLUTE, "60 70 80 90"),
        ("90..60/4", Form.ABSOLUTE, "60 70 80 90"),
        ("0.1,0.2,0.3", Form.ABSOLUTE, "0.1 0.2 0.3"),
        ("3,1,2", Form.ABSOLUTE, "1 2 3"),
        ("60..62/3,80", Form.ABSOLUTE, "60 61 62 80"),
        ("=-5..=5/3", Form.ABSOLUTE, "=-5 0 5"),
        ("-20%..+20%/5", Form.SHARE, "-20% -10% +0% +10% +20%"),
        ("-5%,+5%", Form.SHARE, "-5% +5%"),
        ("+5..+15/3", Form.AMOUNT, "+5 +10 +15"),
        ("-5..+5/3", Form.AMOUNT, "-5 +0 +5"),
        ("*0.5..*2/4", Form.FACTOR, "*0.5 *1 *1.5 *2"),
        ("2027-04,2027-01", Form.WORDS, "2027-04 2027-01"),
        ("true,false", Form.WORDS, "true false"),
        ("1000..4000/4", Form.ABSOLUTE, "1000 2000 3000 4000"),
        ("0..1/7", Form.ABSOLUTE, "0 0.166667 0.333333 0.5 0.666667 0.833333 1"),
        ("0..0.03/4", Form.ABSOLUTE, "0 0.01 0.02 0.03"),
    ],
)
def test_values_are_written_as_ranges_and_lists(written: str, form: Form, values: str) -> None:
    """Numbers stand from low to high, both ends of a range among them; words stand as they were given."""
    read = axis(written)
    assert read.form is form
    assert read.values == tuple(values.split())


def test_a_value_becomes_the_change_that_sets_it() -> None:
    assert axis("-10%,+10%").change(0) == Change(verb=Verb.SET, path=PRICE, value="-10%")


def test_percent_count_as_shares() -> None:
    shares = axis("-20%..+20%/5")
    assert [shares.number(step) for step in range(5)] == [Decimal(n) / 10 for n in (-2, -1, 0, 1, 2)]
    assert axis("no,yes").number(0) is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (PRICE, "write PATH=VALUES"),
        (f"{PRICE}=", "write PATH=VALUES"),
        (f"{PRICE}=62", "is one value"),
        (f"{PRICE}=60..90", "60..90/9"),
        (f"{PRICE}=60..90/1", "asks for 1 values"),
        (f"{PRICE}=60..+90/4", "no range from a number to a number of one kind"),
        (f"{PRICE}=2027-01..2027-04/4", "list other values"),
        (f"{PRICE}=60,+10%", "different kinds"),
        (f"{PRICE}=60,,70", "empty value"),
        (f"{PRICE}=60,70,60.0", "stands twice"),
        (f"{PRICE}=60..60/2", "stands twice"),
    ],
)
def test_what_is_no_axis_is_refused_with_what_is_wrong(written: str, said: str) -> None:
    with pytest.raises(WrongAxis, match=said.replace("+", r"\+")):
        parse_axis(written)

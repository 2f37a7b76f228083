"""Currencies, due days and most-favoured prices in contracts.csv: what is read, and what is refused in which cell."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.clauses import DueDay
from contracts.terms.reserved import Reserved
from tests.loading_folder import Folder

SOURCED = "test,2026-11-01"
COLUMNS = (
    "contract,kind,offering,price_usd_per_node_hour,currency,price_per_node_hour,due_day,net_days,term_months,upfront,"
    "upfront_share,firm,escalator_share_per_year,most_favoured_of,most_favoured_share,source,as_of\n"
)
GOOD = "south-euro,reserved,south-asic,,EUR,17.5,in_advance,30,3,none,0,true,-0.05,south-on-demand,0.9"
FAVOURED = "south-on-demand"
RATES = "currency,usd_per_unit,source,as_of\nEUR,1.0825,ECB reference rate,2026-11-20\nGBP,1.31,BoE,2026-11-20\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).write("exchange_rates.csv", RATES)


def with_terms(folder: Folder, row: str = GOOD) -> Folder:
    return folder.write("contracts.clauses.csv", f"{COLUMNS}{row},{SOURCED}\n")


def south_euro(folder: Folder) -> Reserved:
    (terms,) = (row for row in folder.load().scenario.reserved if row.contract == "south-euro")
    return terms


def test_a_price_in_another_currency_becomes_dollars_exactly(folder: Folder) -> None:
    """17.50 EUR at 1.0825 USD are 18.94375 USD, to the last digit."""
    terms = south_euro(with_terms(folder))
    assert (terms.currency, terms.price_per_node_hour) == ("EUR", Decimal("17.5"))
    assert terms.price_usd_per_node_hour == Decimal("18.943750")
    assert (terms.due_day, terms.net_days) == (DueDay.IN_ADVANCE, 30)
    assert (terms.escalator_share_per_year, terms.most_favoured_share) == (Decimal("-0.05"), Decimal("0.9"))


def test_rates_are_part_of_the_scenario_with_the_day_they_are_of(folder: Folder) -> None:
    rates = with_terms(folder).load().scenario.exchange_rates
    assert [(rate.currency, str(rate.as_of)) for rate in rates] == [("EUR", "2026-11-20"), ("GBP", "2026-11-20")]


def test_in_dollars_nothing_of_it_is_needed(folder: Folder) -> None:
    terms = south_euro(with_terms(folder.delete("exchange_rates.csv"), GOOD.replace(",,EUR,17.5,", ",18,,,")))
    assert (terms.currency, terms.price_per_node_hour, terms.price_usd_per_node_hour) == ("USD", None, 18)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("EUR", "CHF", Code.REFERENCE, "currency", id="a currency without a rate"),
        pytest.param(",,EUR", ",18,EUR", Code.CONTRADICTION, "price_usd_per_node_hour", id="two prices"),
        pytest.param(",,EUR,", ",18,,", Code.CONTRADICTION, "price_per_node_hour", id="a price without its currency"),
        pytest.param("17.5", "", Code.BLANK, "price_per_node_hour", id="a currency without a price"),
        pytest.param("17.5", '"17,5"', Code.NUMBER, "price_per_node_hour", id="a decimal comma"),
        pytest.param("in_advance", "advance", Code.CHOICE, "due_day", id="another word"),
        pytest.param(",30,3", ",400,3", Code.RANGE, "net_days", id="more than a year"),
        pytest.param("-0.05", "-1", Code.RANGE, "escalator_share_per_year", id="a price that steps down to nothing"),
        pytest.param(FAVOURED, "south-od", Code.REFERENCE, "most_favoured_of", id="no such contract"),
        pytest.param(FAVOURED, "north-on-demand", Code.MOST_FAVOURED, "most_favoured_of", id="another provider"),
        pytest.param(FAVOURED, "south-reserved-3m", Code.MOST_FAVOURED, "most_favoured_of", id="not on demand"),
        pytest.param(",0.9", ",0", Code.RANGE, "most_favoured_share", id="a share of nothing"),
    ],
)
def test_a_clause_that_says_nothing_clear_is_refused_in_its_cell(
    folder: Folder, old: str, new: str, code: Code, column: str
) -> None:
    assert old in GOOD
    finding = with_terms(folder, GOOD.replace(old, new, 1)).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("contracts.clauses.csv", 2)


def test_a_rate_that_cannot_be_read_is_refused_where_it_stands_and_only_there(folder: Folder) -> None:
    with_terms(folder).replace("exchange_rates.csv", "1.0825", "1,0825")
    assert {finding.where.file for finding in folder.findings()} == {"exchange_rates.csv"}


def test_a_kind_without_the_clause_may_not_state_it(folder: Folder) -> None:
    row = "north-clause,on_demand,north-gpu,,EUR,35,,,,,,,0.02,,"
    folder.delete("contracts.csv").write("contracts.csv", f"{COLUMNS}{row},{SOURCED}\n")
    assert Code.OTHER_KIND in folder.codes()

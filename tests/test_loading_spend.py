"""spend_commitments.csv and covered_rates.csv: how they are read, and what is said of them when they are wrong."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.calendar import Month
from tests.loading_folder import Folder

SOURCED = "test,2026-11-01"
COLUMNS = (
    "contract,provider,flexible,term_months,step_usd_per_hour,minimum_usd_per_hour,maximum_usd_per_hour,upfront_share,"
    "earliest_start,latest_start,quote_valid_until,fictitious,pricing_rule,source,as_of\n"
)
GOOD = "north-plan,north-cloud,false,12,0.5,2,400,0.5,2027-02,,2026-12-31,true,list price x 0.7"
RATE_COLUMNS = "contract,covers,price_usd_per_node_hour,source,as_of\n"
RATE = "north-plan,north-on-demand,28"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_plan(folder: Folder, row: str = GOOD, rate: str = RATE) -> Folder:
    folder.write("spend_commitments.csv", f"{COLUMNS}{row},{SOURCED}\n")
    return folder.write("covered_rates.csv", f"{RATE_COLUMNS}{rate},{SOURCED}\n")


def test_a_spend_commitment_is_read_as_it_is_written(folder: Folder) -> None:
    scenario = with_plan(folder).load().scenario
    (terms,) = scenario.spend_commitments
    assert (terms.step_usd_per_hour, terms.fewest_steps, terms.most_steps) == (Decimal("0.5"), 4, 800)
    assert (terms.flexible, terms.upfront_share, terms.earliest_start) == (False, 0.5, Month(2027, 2))
    assert terms.quote_valid_until == date(2026, 12, 31)
    (rate,) = scenario.covered_rates
    assert (rate.contract, rate.covers, rate.price_usd_per_node_hour) == ("north-plan", "north-on-demand", 28)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param(",0.5,2,400,", ",0.5,2,1,", Code.CONTRADICTION, None, id="most below the minimum"),
        pytest.param(",0.5,2,400,", ",3,4,5,", Code.CONTRADICTION, None, id="no step between them"),
        pytest.param(",0.5,2,400,", ",0,2,400,", Code.RANGE, "step_usd_per_hour", id="no step"),
        pytest.param("2026-12-31", "2026-12-14", Code.EXPIRED, "quote_valid_until", id="a quote that has expired"),
        pytest.param("2027-02,,", "2027-04,,", Code.NO_START, "earliest_start", id="after the horizon"),
        pytest.param("2027-02,,", ",2026-12,", Code.NO_START, "latest_start", id="before the horizon"),
        pytest.param("list price x 0.7", "", Code.NO_RULE, "pricing_rule", id="a fictitious price without a rule"),
        pytest.param("north-plan,north-cloud", "north-plan,nord-cloud", Code.REFERENCE, "provider", id="no provider"),
    ],
)
def test_a_commitment_that_cannot_be_signed_is_refused(
    folder: Folder, old: str, new: str, code: Code, column: str | None
) -> None:
    assert old in GOOD
    found = with_plan(folder, GOOD.replace(old, new)).findings()
    assert (code, column) in {(finding.code, finding.where.column) for finding in found}
    assert {finding.code for finding in found} <= {code, Code.NOT_COVERABLE}
    assert (found[-1].where.file, found[-1].where.row) == ("spend_commitments.csv", 2)


@pytest.mark.parametrize(
    ("rate", "code", "column"),
    [
        pytest.param("north-plan,north-on-demands,28", Code.REFERENCE, "covers", id="no such contract"),
        pytest.param("north-plan,north-spot,9", Code.NOT_COVERABLE, "covers", id="spot"),
        pytest.param("north-plan,south-on-demand,28", Code.NOT_COVERABLE, "covers", id="another provider"),
        pytest.param("north-plan,north-on-demand,41", Code.ABOVE_ON_DEMAND, "price_usd_per_node_hour", id="dearer"),
    ],
)
def test_a_rate_that_covers_nothing_is_refused(folder: Folder, rate: str, code: Code, column: str) -> None:
    finding = with_plan(folder, rate=rate).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("covered_rates.csv", 2)


def test_a_commitment_without_rates_and_a_rate_without_a_commitment_are_refused(folder: Folder) -> None:
    found = with_plan(folder, rate="north-plans,north-on-demand,28").findings()
    assert [(f.code, f.where.file) for f in found] == [
        (Code.REFERENCE, "covered_rates.csv"),
        (Code.COVERS_NOTHING, "spend_commitments.csv"),
    ]


def test_a_rate_equal_to_the_price_is_allowed(folder: Folder) -> None:
    assert with_plan(folder, rate="north-plan,north-on-demand,40").findings() == ()


def test_a_commitment_has_a_name_of_its_own(folder: Folder) -> None:
    with_plan(folder, GOOD.replace("north-plan", "north-spot", 1), "north-spot,north-on-demand,28")
    assert folder.only().code is Code.REPEATED

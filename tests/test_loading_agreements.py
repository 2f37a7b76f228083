"""agreements.csv, agreement_tiers.csv and credits.csv: how they are read, and what is said where they are wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.calendar import Month
from contracts.terms.agreement import Charge
from tests.loading_folder import Folder

SOURCED = "test,2026-11-01"
AGREEMENT = "edp,north-cloud,2027-01,3,on_demand;reserved,false,2026-12-31,false,"
TIERS = ("edp,small,100000,0.05", "edp,large,250000.50,0.09")
CREDIT = "prepaid,north-cloud,10000,9500.25,4,2027-01,2027-12,on_demand,0.5,3000,2026-12-31,false,"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_agreement(folder: Folder, row: str = AGREEMENT, tiers: tuple[str, ...] = TIERS) -> Folder:
    header = "agreement,provider,start,years,eligible,in_force,quote_valid_until,fictitious,pricing_rule,source,as_of\n"
    folder.write("agreements.csv", f"{header}{row},{SOURCED}\n")
    header = "agreement,tier,commitment_usd_per_year,discount_share,source,as_of\n"
    return folder.write("agreement_tiers.csv", header + "".join(f"{tier},{SOURCED}\n" for tier in tiers))


def with_credit(folder: Folder, row: str = CREDIT) -> Folder:
    header = (
        "credit,provider,balance_usd,price_usd,lots_at_most,first_month,last_month,eligible,invoice_share_cap,"
        "invoice_cap_usd,quote_valid_until,fictitious,pricing_rule,source,as_of\n"
    )
    return folder.write("credits.csv", f"{header}{row},{SOURCED}\n")


def test_an_agreement_is_read_with_its_tiers(folder: Folder) -> None:
    scenario = with_agreement(folder).load().scenario
    (agreement,) = scenario.agreements
    assert (agreement.start, agreement.end) == (Month(2027, 1), Month(2030, 1))
    assert agreement.eligible == (Charge.ON_DEMAND, Charge.RESERVED)
    assert {tier.tier: tier.commitment_usd_per_year for tier in scenario.agreement_tiers} == {
        "small": Decimal(100000),
        "large": Decimal("250000.50"),
    }


def test_a_credit_is_read_as_it_is_written(folder: Folder) -> None:
    (credit,) = with_credit(folder).load().scenario.credits
    assert (credit.balance_usd, credit.price_usd, credit.lots_at_most) == (Decimal(10000), Decimal("9500.25"), 4)
    assert (credit.invoice_share_cap, credit.invoice_cap_usd) == (0.5, Decimal(3000))


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("north-cloud", "nord-cloud", Code.REFERENCE, "provider", id="no such provider"),
        pytest.param("on_demand;reserved", "on_demand;support", Code.CHOICE, "eligible", id="no such charge"),
        pytest.param("on_demand;reserved", "", Code.BLANK, "eligible", id="nothing eligible"),
        pytest.param("2026-12-31", "2026-12-14", Code.EXPIRED, "quote_valid_until", id="a quote that has expired"),
        pytest.param("2027-01", "2026-12", Code.NO_START, "start", id="a start before the horizon"),
        pytest.param("2027-01", "2027-04", Code.NO_START, "start", id="a start after the horizon"),
        pytest.param(",3,", ",11,", Code.RANGE, "years", id="eleven years"),
        pytest.param(",false,,", ",true,,", Code.TIERS, "in_force", id="in force with two tiers"),
        pytest.param("false,", "true,", Code.NO_RULE, "pricing_rule", id="fictitious without a rule"),
    ],
)
def test_an_agreement_that_cannot_be_signed_is_refused(
    folder: Folder, old: str, new: str, code: Code, column: str
) -> None:
    row = AGREEMENT.replace(",false,2026", ",true,2026") if code is Code.TIERS else AGREEMENT
    if code is Code.NO_RULE:
        row = AGREEMENT.replace("2026-12-31,false", "2026-12-31,true")
    elif code is not Code.TIERS:
        row = AGREEMENT.replace(old, new)
    finding = with_agreement(folder, row).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("agreements.csv", 2)


@pytest.mark.parametrize(
    ("tiers", "code", "row", "column"),
    [
        pytest.param((TIERS[0], "edp,same,100000,0.06"), Code.TIERS, 3, "commitment_usd_per_year", id="the same twice"),
        pytest.param((TIERS[1], "edp,more,300000,0.09"), Code.TIERS, 3, "discount_share", id="more for no more"),
        pytest.param((TIERS[0], "edpp,more,300000,0.09"), Code.REFERENCE, 3, "agreement", id="of no agreement"),
        pytest.param((TIERS[0], "edp,all,300000,1"), Code.RANGE, 3, "discount_share", id="all for nothing"),
        pytest.param((TIERS[0], "edp,more,-1,0.01"), Code.RANGE, 3, "commitment_usd_per_year", id="below 0"),
    ],
)
def test_tiers_that_are_no_choice_are_refused(
    folder: Folder, tiers: tuple[str, ...], code: Code, row: int, column: str
) -> None:
    finding = with_agreement(folder, tiers=tiers).only()
    assert (finding.code, finding.where.file) == (code, "agreement_tiers.csv")
    assert (finding.where.row, finding.where.column) == (row, column)


def test_an_agreement_without_tiers_is_refused(folder: Folder) -> None:
    with_agreement(folder)
    folder.delete("agreement_tiers.csv")
    finding = folder.only()
    assert (finding.code, finding.where.column) == (Code.TIERS, "agreement")


def test_two_agreements_of_a_provider_may_follow_each_other_and_not_share_a_month(folder: Folder) -> None:
    first = "old,north-cloud,2026-02,1,on_demand,true,,false,"
    tiers = (*TIERS, "old,signed,50000,0.02")
    with_agreement(folder, f"{first},{SOURCED}\n{AGREEMENT.replace('2027-01', '2027-02')}", tiers)
    assert folder.findings() == ()
    with_agreement(folder, f"{first},{SOURCED}\n{AGREEMENT}", tiers)
    finding = folder.only()
    assert (finding.code, finding.where.row, finding.where.column) == (Code.TWO_AGREEMENTS, 3, "start")


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        pytest.param("north-cloud", "nord-cloud", Code.REFERENCE, "provider", id="no such provider"),
        pytest.param("2026-12-31", "2026-12-14", Code.EXPIRED, "quote_valid_until", id="a quote that has expired"),
        pytest.param("2027-01", "2026-12", Code.NO_START, "first_month", id="bought before the horizon"),
        pytest.param("2027-12", "2026-12", Code.CONTRADICTION, None, id="over before it begins"),
        pytest.param("0.5,", "50,", Code.RANGE, "invoice_share_cap", id="50 instead of 0.5"),
        pytest.param("10000,", "0,", Code.RANGE, "balance_usd", id="nothing in it"),
    ],
)
def test_a_credit_that_cannot_be_bought_is_refused(
    folder: Folder, old: str, new: str, code: Code, column: str | None
) -> None:
    finding = with_credit(folder, CREDIT.replace(old, new)).only()
    assert (finding.code, finding.where.column) == (code, column)
    assert (finding.where.file, finding.where.row) == ("credits.csv", 2)


def test_a_grant_may_be_older_than_the_horizon_and_its_quote_does_not_matter(folder: Folder) -> None:
    row = "grant,north-cloud,10000,0,1,2026-01,2027-02,on_demand,1,,2026-01-01,false,"
    assert with_credit(folder, row).findings() == ()


def test_what_is_over_is_a_warning(folder: Folder) -> None:
    with_agreement(folder, "old,north-cloud,2026-01,1,on_demand,true,,false,", ("old,signed,50000,0.02",))
    with_credit(folder, "grant,north-cloud,10000,0,1,2026-01,2026-12,on_demand,1,,,false,")
    loaded = folder.load()
    assert [(w.code, w.where.column) for w in loaded.warnings] == [(Code.OVER, "years"), (Code.OVER, "last_month")]

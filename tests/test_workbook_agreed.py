"""The workbook and the screen of plans with agreements and credits: what they hold, and that every check holds."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimizer.plan import Plan
from reports.console_plan import plan_screen
from reports.layout import Sheet
from reports.sheets import plan_workbook
from reports.workbook import write_plan_workbook
from scenarios.policy import Grouping, ShareMeasure
from tests import test_workbook as rules
from tests.builders import (
    FIRST,
    a_credit,
    a_held,
    a_policy,
    a_reserved,
    a_tier,
    an_agreement,
    an_effect,
    an_on_demand,
    an_outlook,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.families.test_agreement import on_demand
from tests.loading_folder import Folder
from tests.proving import a_cap, planned
from tests.recalculation import disagreements
from tests.test_loading_agreements import CREDIT, with_agreement, with_credit
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column

SHEETS = ("Tiers", "Buy_Agreements", "Agreements", "Agreement_Months", "Eligible", "Buy_Credits", "Credits")


@cache
def two_futures() -> Plan:
    """An agreement in force at cloud-a and one to sign at cloud-b, credits of both, prices that make odd cents."""
    return planned(
        on_demand(
            a_tier(agreement="old", commitment_usd_per_year=Decimal("50000.10"), discount_share=0.0333),
            a_tier(agreement="new", commitment_usd_per_year=Decimal(60000), discount_share=0.15),
            a_tier("large", agreement="new", commitment_usd_per_year=Decimal(240000), discount_share=0.2),
            run=run_settings(months=3),
            catalog=two_clouds({"region": "region-a"}, quota_nodes=1, stock_nodes=2),
            contracts=(
                an_on_demand(price_usd_per_node_hour=Decimal("9.8765")),
                an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal("10.1234")),
                a_reserved(price_usd_per_node_hour=Decimal("9.1")),
            ),
            held_contracts=(a_held(),),
            demand=nodes_of_load(3.3, 3),
            agreements=(
                an_agreement("old", start=FIRST + -11, years=2, in_force=True),
                an_agreement("new", provider="cloud-b", start=FIRST + 1),
            ),
            credits=(
                a_credit(balance_usd=Decimal("5000.07"), invoice_share_cap=0.3333, last_month=FIRST + 1),
                a_credit("pre", provider="cloud-b", balance_usd=Decimal(500), price_usd=Decimal(450), lots_at_most=9),
            ),
            policy=a_policy(
                concentration=(
                    a_cap("spend", measure=ShareMeasure.SPEND, cap_share=0.9),
                    a_cap("vendor", measure=ShareMeasure.SPEND, by=Grouping.CHIP_VENDOR, cap_share=0.95),
                )
            ),
            outlooks=(an_outlook(), an_outlook("high")),
            outlook_effects=(an_effect(value=1.25, first_month=FIRST + 1),),
        )
    )


@cache
def book() -> dict[str, Sheet]:
    return book_of(two_futures())


def failed(sheets: dict[str, Sheet]) -> set[str]:
    return {name for name, value in rules.status(sheets).items() if value != "OK"}


def test_every_check_holds_and_every_sheet_is_there() -> None:
    assert set(SHEETS) <= set(book())
    assert failed(book()) == set()
    assert sum(name.startswith(("Agreements:", "Credits:")) for name in rules.status(book())) == 6


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_are_kept(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(two_futures(), tmp_path / "plan.xlsx")
    _, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []


def test_ten_percent_of_28320_is_on_the_list_and_nothing_is_missing() -> None:
    """Two nodes on demand in January and February; 12,000 a year, two months of it 2,000; ten months still owed."""
    sheets = book_of(planned(on_demand(a_tier())))
    buy, years = sheets["Buy_Agreements"], sheets["Agreements"]
    assert [str(day) for day in column(buy, "Order by")] == ["2026-12-31"]
    assert (column(buy, "Tier"), column(buy, "Commitment of all years USD")) == (["small"], [12000])
    assert (column(years, "Eligible USD"), column(years, "Discount USD")) == ([28320], [2832])
    assert (column(years, "Commitment USD"), column(years, "Shortfall USD")) == ([2000], [0])
    pay = sheets["Payments"]
    rows = zip(column(pay, "Purchase kind"), column(pay, "Part"), column(pay, "Amount USD"), strict=True)
    agreed = [(part, usd) for kind, part, usd in rows if kind == "agreement"]
    assert agreed == [("discount", -1488), ("discount", -1344), *[("commitment", 1000)] * 10]


def test_a_prepaid_credit_is_rolled_forward_until_it_expires() -> None:
    """Three lots of 5,000 for 4,000, at most 4,000 a month, until February: 7,000 of what is bought first are lost."""
    credit = a_credit(
        balance_usd=Decimal(9000), price_usd=Decimal(4000), invoice_cap_usd=Decimal(4000), lots_at_most=3
    )
    sheet = book_of(planned(on_demand(agreements=(), credits=(credit,))))["Credits"]
    assert column(sheet, "Opening USD") == [0, 5000]
    assert column(sheet, "Added USD") == [9000, 0]
    assert column(sheet, "Used USD") == [4000, 4000]
    assert column(sheet, "Expired USD") == [0, 1000]
    assert column(sheet, "Closing USD") == [5000, 0]
    assert column(sheet, "Within its limits") == ["OK", "OK"]


def test_a_discount_that_is_not_what_the_charges_say_is_noticed() -> None:
    plan = planned(on_demand(a_tier()))
    (year,) = plan.agreement_years
    wrong = year.model_copy(update={"discount_usd": year.discount_usd + 1})
    sheets = book_of(plan.model_copy(update={"agreement_years": (wrong,)}))
    assert failed(sheets) == {"Agreements: years settled otherwise than in the plan"}


def test_the_screen_says_which_tier_to_sign_and_how_many_lots_to_buy() -> None:
    credit = a_credit("lots", balance_usd=Decimal(5000), price_usd=Decimal(4500), lots_at_most=2)
    screen = "\n".join(plan_screen(planned(on_demand(a_tier(), credits=(credit, a_credit()))), 300))
    assert "2 orders (21,000 USD) by 2026-12-31" in screen
    assert (
        "sign tier small of agreement edp with cloud-a by 2026-12-31: 10.0% off for 12,000 USD a year, 2027-01 to"
        " 2027-12; takes off 2,832 USD in the horizon; 10,000 USD committed after the horizon"
    ) in screen
    assert "buy 2 lots of credit lots of cloud-a by 2026-12-31 for 9,000 USD: pays 10,000 USD of 10,000 USD" in screen
    assert "granted: credit grant of cloud-a: pays 1,000 USD of 1,000 USD until 2027-02" in screen


def test_a_folder_with_an_agreement_and_credits_becomes_a_workbook(tmp_path: Path) -> None:
    folder = with_credit(with_agreement(Folder(tmp_path)), CREDIT.replace("9500.25", "2000"))
    plan = planned(folder.load().scenario)
    assert plan.credits
    assert failed({sheet.name: sheet for sheet in plan_workbook(plan)}) == set()

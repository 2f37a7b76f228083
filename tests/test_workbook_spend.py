"""The workbook and the screen of plans with spend commitments: what they hold, and that every check holds."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimizer.plan import Plan
from reports.console_plan import plan_screen
from reports.layout import Sheet
from reports.sheets import plan_workbook
from reports.workbook import write_plan_workbook
from scenarios.outlooks import Effect
from scenarios.policy import Grouping, ShareMeasure
from tests import test_workbook as rules
from tests.builders import (
    FIRST,
    a_covered_rate,
    a_policy,
    a_spend_commitment,
    an_effect,
    an_on_demand,
    an_outlook,
    day_and_night,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.families.test_spend_commitment import rented
from tests.loading_folder import Folder
from tests.proving import a_cap, planned
from tests.recalculation import disagreements
from tests.test_billing import two_plans
from tests.test_loading_spend import with_plan
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column

SHEETS = ("Spend_Offers", "Buy_Spend", "Buy_Spend_Later", "Spend_Use", "Coverage", "Billing_Order")


@cache
def two_futures() -> Plan:
    """On demand is cheaper by a tenth in one future; a plan paid half upfront, and another month that waits."""
    return planned(
        rented(
            1.3,
            run=run_settings(months=3, reveal_month=FIRST + 1),
            catalog=two_clouds(),
            contracts=(an_on_demand(startup_uplift_share=0.02), an_on_demand("od-b", offering="node-b")),
            demand=nodes_of_load(1.3, 3),
            blocks=day_and_night("chat"),
            spend_commitments=(a_spend_commitment(upfront_share=0.5),),
            policy=a_policy(
                concentration=(
                    a_cap("spend", measure=ShareMeasure.SPEND, cap_share=0.8),
                    a_cap("vendor", measure=ShareMeasure.SPEND, by=Grouping.CHIP_VENDOR, cap_share=0.9),
                )
            ),
            outlooks=(an_outlook("base"), an_outlook("low")),
            outlook_effects=(
                an_effect("low", effect=Effect.ON_DEMAND_PRICE, value=0.9),
                an_effect("low", value=0.0, first_month=FIRST + 2),
            ),
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
    assert sum("Spend commitments" in name for name in rules.status(book())) == 4


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_are_kept(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(two_futures(), tmp_path / "plan.xlsx")
    _, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []


def test_seven_dollars_an_hour_are_worth_9912_on_the_list_and_are_used_in_full() -> None:
    """One node for the 1,416 hours of January and February."""
    sheets = book_of(planned(rented()))
    assert column(sheets["Buy_Spend"], "Order value USD") == [7 * 1416]
    assert column(sheets["Spend_Use"], "Committed USD") == [7 * 744, 7 * 672]
    assert column(sheets["Spend_Use"], "Utilisation") == [1, 1]
    assert column(sheets["Spend_Use"], "Coverage") == [1, 1]
    assert column(sheets["Billing_Order"], "Billed more USD") == [0, 0]
    pay = sheets["Payments"]
    by_part = dict(zip(column(pay, "Part"), column(pay, "Unit price USD"), strict=True))
    assert (by_part["usage"], by_part["recurring"], by_part["covered"]) == (10, 1, -10)
    assert set(column(pay, "Offering")) == {"node-a", "(cloud-a)"}


def test_what_the_provider_bills_more_is_shown_on_the_sheet_and_said_in_a_note() -> None:
    rates = (("instance", "od-a", "7"), ("instance", "od-b", "8.5"), ("flex", "od-a", "6"), ("flex", "od-b", "11"))
    plan = planned(two_plans(covered_rates=tuple(a_covered_rate(*rate) for rate in rates)))
    (more,) = column(book_of(plan)["Billing_Order"], "Billed more USD")
    assert more > 2000
    assert f"{more:,.2f} USD more" in " ".join("\n".join(plan_screen(plan, 500)).split())


def test_the_screen_says_what_to_commit_by_when_and_how_much_of_it_is_used() -> None:
    screen = "\n".join(plan_screen(planned(rented()), 110))
    assert "1 order (9,912 USD) by 2026-12-31" in screen
    (line,) = (row for row in screen.splitlines() if "plan-a" in row and "2027-03" in row)
    assert line.split() == ["2026-12-31", "plan-a", "7.00", "2027-01", "2027-03", "9,912", "100%"]


def test_a_folder_with_a_savings_plan_becomes_a_workbook(tmp_path: Path) -> None:
    """The small example with a plan for south-cloud: month by month at 15 instead of 30."""
    row = "south-plan,south-cloud,false,1,0.5,0,400,0.5,,,,true,list price x 0.5"
    folder = with_plan(Folder(tmp_path), row, "south-plan,south-on-demand,15")
    plan = planned(folder.load().scenario)
    assert plan.committed_spend
    assert failed({sheet.name: sheet for sheet in plan_workbook(plan)}) == set()

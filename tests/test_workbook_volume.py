"""The workbook and the screen of plans with volume tiers: what they hold, and that every check holds."""

from functools import cache
from typing import Any

import pytest

from contracts.terms.volume import TierRule
from optimizer.plan import Plan
from reports.console_plan import plan_screen
from reports.layout import Sheet
from reports.sheets import plan_workbook
from tests import test_workbook as rules
from tests.builders import a_volume, an_effect, an_on_demand, an_outlook, nodes_of_load, run_settings, volume_tiers
from tests.families.test_volume import volumes
from tests.loading_folder import Folder
from tests.proving import planned
from tests.test_loading_volume import folder, with_volume
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column

__all__ = ["folder"]


@cache
def two_futures() -> Plan:
    """Three months in windows of two, part by part; half of it in one future; something on demand beside."""
    prices = {0: "9", 500: "8", 2000: "7"}
    return planned(
        volumes(
            0.0,
            prices,
            TierRule.INCREMENTAL,
            run=run_settings(months=3),
            contracts=(
                a_volume(tier_rule=TierRule.INCREMENTAL, window_months=2, price_usd_per_node_hour=9),
                an_on_demand(price_usd_per_node_hour=20),
            ),
            volume_tiers=volume_tiers("vol-a", prices),
            demand=nodes_of_load(2.0, 3),
            outlooks=(an_outlook("base"), an_outlook("half")),
            outlook_effects=(an_effect("half", value=0.5),),
        )
    )


@cache
def book() -> dict[str, Sheet]:
    return book_of(two_futures())


def failed(sheets: dict[str, Sheet]) -> set[str]:
    return {name for name, value in rules.status(sheets).items() if value != "OK"}


def test_every_check_holds() -> None:
    assert failed(book()) == set()
    assert sum("Volume tiers" in name for name in rules.status(book())) == 2


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_are_kept(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


def test_buying_7500_where_6000_are_used_is_shown_and_said() -> None:
    prices = {0: "9", 1000: "8", 2500: "7", 7500: "5", 15000: "3"}
    plan = planned(volumes(6000.0, prices))
    sheet = book_of(plan)["Volume"]
    assert column(sheet, "Part at this price") == [0, 0, 0, 7500, 0]
    assert column(sheet, "Cost USD") == [0, 0, 0, 37500, 0]
    assert column(sheet, "Bought and not used")[0] == pytest.approx(1500, abs=1e-3)
    assert failed(book_of(plan)) == set()
    (line,) = (row for row in plan_screen(plan, 110) if "vol-a" in row)
    assert line.split() == ["vol-a", "base", "2027-01", "to", "2027-01", "6,000", "7,500", "37,500"]


def test_a_folder_with_volume_tiers_becomes_a_workbook(folder: Folder) -> None:
    """The small example with bulk prices in the south, where nodes are rented at 30."""
    row = "bulk,volume,south-asic,29,all_units,3"
    with_volume(folder, row, ("bulk,0,29", "bulk,500,20"))
    plan = planned(folder.load().scenario)
    assert plan.volume
    assert failed({sheet.name: sheet for sheet in plan_workbook(plan)}) == set()

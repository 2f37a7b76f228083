"""Splits in the workbook: nodes, tokens, transfers and caps agree with the plan, in formulas."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimizer.plan import Plan
from reports.layout import Sheet
from reports.workbook import write_plan_workbook
from scenarios.policy import Grouping, Lost
from tests import test_workbook as rules
from tests.builders import FIRST, a_contingency, an_effect, an_on_demand, an_outlook
from tests.builders import a_spot as spot
from tests.proving import a_cap, planned, with_policy
from tests.recalculation import disagreements
from tests.split_cases import a_split, a_split_fleet
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of


@cache
def two_futures() -> Plan:
    """A split partly on spot, a cap that both providers feel, an event, two outlooks, and a split that is refused."""
    fleet = a_split_fleet(
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b"), spot()),
        splits=(a_split(), a_split("too-slow", handover_ms=600.0)),
        outlooks=(an_outlook("base"), an_outlook("high")),
        outlook_effects=(an_effect(first_month=FIRST + 1, value=1.5),),
    )
    event = a_contingency("no-spot", lost=Lost.SPOT, name="*", floor_share=0.9)
    cap = a_cap(by=Grouping.PROVIDER, cap_share=0.95)
    return planned(with_policy(fleet, concentration=(cap,), contingencies=(event,), spot_share_cap=0.2))


@cache
def book() -> dict[str, Sheet]:
    return book_of(two_futures())


def test_the_case_has_everything() -> None:
    plan = two_futures()
    assert plan.placements
    assert plan.split_placements
    assert {row.split for row in plan.split_refusals} == {"too-slow"}


def test_every_check_holds_and_every_sheet_is_there() -> None:
    assert {"Split_Offers", "Splits", "Calc_Routing", "Caps"} <= set(book())
    assert {name for name, value in rules.status(book()).items() if value != "OK"} == set()


@pytest.mark.long
@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_are_kept(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(two_futures(), tmp_path / "plan.xlsx")
    _, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []

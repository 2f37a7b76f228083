"""The policy example: every rule of the policy on a small fleet, planned once, audited, its workbook in agreement."""

from functools import cache

import pytest

from optimizer.plan import Plan
from optimizer.run import plan_fleet
from reports.layout import Sheet
from reports.sheets import plan_workbook
from scenarios.loading import load_scenario
from scenarios.scenario import Scenario
from tests.test_realistic_data import ROOT
from tests.test_workbook import status

FOLDER = ROOT / "scenarios" / "examples" / "policy"
LEAST_BINDING = 6
"""Named rules of the policy that bind; eight did when this was written, and ties may move one or two."""
FAMILIES = {"concentration", "share_floors", "sovereignty", "fallback", "migration"}
SHEETS = {
    "Lock_In",
    "Lock_In_Parts",
    "Footprint",
    "Footprint_Rules",
    "Calc_Power",
    "Changes",
    "Fallback",
    "Calc_Fallback_Apis",
}


@cache
def scenario() -> Scenario:
    return load_scenario(FOLDER).scenario


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_fleet(scenario())


@pytest.fixture(scope="module")
def book(plan: Plan) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in plan_workbook(plan)}


def test_every_rule_of_the_policy_is_stated() -> None:
    policy = scenario().policy
    lists = (
        policy.concentration,
        policy.share_floors,
        policy.outstanding,
        policy.remaining_terms,
        policy.expiries,
        policy.sourcing,
        policy.contingencies,
        policy.budgets,
        policy.sovereignty,
        policy.audit_answers,
        policy.power,
        policy.carbon,
    )
    assert all(lists)
    assert policy.stability is not None
    assert policy.carbon_price_usd_per_t
    assert policy.migrations_at_once == 1


def test_its_page_tells_how_to_run_it_and_names_every_rule_that_it_says_binds() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "siliconmix plan scenarios/examples/policy" in page
    names = [rule.contingency for rule in scenario().policy.contingencies]
    assert all(name in page for name in (*names, "index", "half-can-move-in-a-day", "local-capacity"))


@pytest.mark.long
def test_its_plan_is_audited_and_its_workbook_agrees(plan: Plan, book: dict[str, Sheet]) -> None:
    assert plan.audit is not None
    assert plan.audit.verdict == "PASS"
    assert set(book) >= SHEETS
    assert {name: word for name, word in status(book).items() if word != "OK"} == {}


@pytest.mark.long
def test_many_rules_bind_at_once(plan: Plan) -> None:
    bound = [rule for rule in plan.binding if rule.rule in FAMILIES]
    assert len(bound) >= LEAST_BINDING
    assert {rule.rule for rule in bound} >= {"sovereignty", "fallback"}

"""docs/formulation.md says what is solved: it comes from docstrings that are held against a model that is built."""

from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest

from contracts.terms.volume import TierRule
from optimizer.families import FAMILIES, Family
from optimizer.formulation_doc import generated_parts, rows_of, symbols_of, title_of, with_parts
from optimizer.model import Model, build_model, family_name
from optimizer.problem import state
from scenarios.policy import (
    BudgetWindow,
    CarbonCap,
    ExpiryCap,
    OutstandingCap,
    PowerCap,
    RemainingTermCap,
    ShareMeasure,
    SourcingRule,
    SovereigntyFloor,
    Stability,
    UnknownFigures,
)
from scenarios.scenario import Scenario
from tests.builders import (
    a_budget,
    a_capacity_block,
    a_covered_rate,
    a_credit,
    a_held,
    a_migration,
    a_provisioned,
    a_reserved,
    a_site,
    a_spend_commitment,
    a_take_or_pay,
    a_tier,
    a_volume,
    an_agreement,
    an_api_offer,
    an_approved,
    an_owned,
    volume_tiers,
)
from tests.plan_builders import a_rich_scenario
from tests.proving import a_cap, a_floor

DOCUMENT = Path(__file__).parent.parent / "docs" / "formulation.md"
NOTES = DOCUMENT.parent / "decisions"
every_family = pytest.mark.parametrize("family", FAMILIES, ids=family_name)


def a_scenario_for_every_row() -> Scenario:
    """The rich scenario of three months, with something for every row that it leaves empty."""
    rich = a_rich_scenario(months=3)
    price = {"price_usd_per_node_hour": Decimal("6")}
    fewest = a_reserved("res-min", term_months=2, minimum_order_nodes=4, firm=False, **price)
    both_clauses = a_take_or_pay(make_up_right=True, excess_carries_forward=True, **price)
    caps = (*rich.policy.concentration, a_cap(measure=ShareMeasure.SPEND))
    stability = Stability(changed_usd_at_most=Decimal(10**6), changed_orders_at_most=3)
    rules = {"budgets": (a_budget(),), "migrations_at_once": 1, "concentration": caps, "stability": stability}
    rules |= lock_in()
    rules |= {
        "sovereignty": (SovereigntyFloor(rule="index", index_at_least=10.0),),
        "power": (PowerCap(rule="power", limit_mw=1.0),),
        "carbon": (CarbonCap(rule="carbon", window=BudgetWindow.QUARTER, limit_t_co2e=100.0),),
        "unknown_figures": UnknownFigures(power_kw_per_accelerator=1.0, pue=1.2, grid_g_co2e_per_kwh=300.0),
    }
    rules |= {"contingencies": tuple(row.model_copy(update={"api_share": 0.5}) for row in rich.policy.contingencies)}
    swap = {"swap_to": "node-b", "swap_after_months": 1, "swap_price_usd_per_node_hour": Decimal(9)}
    rights = a_held("held-rights", terminable_after_months=1, **swap)
    tiers = {0: "10", 500: "9"}
    hardware = (a_capacity_block(), an_owned(rack_units_per_node=4.0))
    by_volume = (a_volume(), a_volume("vol-b", tier_rule=TierRule.INCREMENTAL))
    return rich.model_copy(
        update={
            "volume_tiers": (*volume_tiers("vol-a", tiers), *volume_tiers("vol-b", tiers)),
            "contracts": (*rich.contracts, *by_volume, fewest, both_clauses, *hardware),
            "held_contracts": (*rich.held_contracts, rights),
            "sites": (a_site(),),
            "spend_commitments": (a_spend_commitment(minimum_usd_per_hour=Decimal(2)),),
            "covered_rates": (a_covered_rate(covers=rich.on_demand[0].contract),),
            "api_offers": (an_api_offer(),),
            "provisioned": (a_provisioned(minimum_units=2),),
            "migrations": (a_migration(stack="stack-b"),),
            "policy": rich.policy.model_copy(update=rules),
            "approved_orders": (an_approved("res-min"),),
            "agreements": (an_agreement(),),
            "agreement_tiers": (a_tier(),),
            "credits": (a_credit(), a_credit("prepaid", price_usd=Decimal(900))),
        }
    )


def lock_in() -> dict[str, Any]:
    """A rule of every kind on what one is bound to."""
    return {
        "share_floors": (a_floor(),),
        "outstanding": (OutstandingCap(rule="owed", limit_usd=Decimal(100_000)),),
        "remaining_terms": (RemainingTermCap(rule="terms", limit_months=6.0),),
        "expiries": (ExpiryCap(rule="ends", cap_share=0.5),),
        "sourcing": (SourcingRule(rule="sources", workload="chat", providers_at_least=2),),
    }


@cache
def a_model() -> Model:
    return build_model(replace(state(a_scenario_for_every_row()), settles_as_agreed=True))


def components(family: Family, kind: Any) -> dict[str, Any]:
    """Components of the family's own block by name."""
    block = a_model().pyomo.component(family_name(family))
    return {part.local_name: part for part in block.component_objects(kind, descend_into=False)}


def test_the_document_is_as_the_docstrings_are() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_parts(text, NOTES) == text, "run: python -m optimizer.formulation_doc docs/formulation.md"


@pytest.mark.parametrize("part", sorted(generated_parts(NOTES)))
def test_every_part_stands_in_the_document(part: str) -> None:
    assert f"<!-- generated: {part} -->" in DOCUMENT.read_text(encoding="utf-8")


def test_families_stand_in_the_document_in_their_order() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    places = [text.index(f"\n### {title_of(family)[0]}\n") for family in FAMILIES]
    assert places == sorted(places)


@every_family
def test_every_row_that_is_stated_is_built_and_every_row_that_is_built_is_stated(family: Family) -> None:
    assert {row.name for row in rows_of(family)} == set(components(family, pyo.Constraint))


@every_family
def test_a_row_has_the_indices_that_are_stated(family: Family) -> None:
    built = components(family, pyo.Constraint)
    for row in rows_of(family):
        for constraint in built[row.name].values():
            index = constraint.index()
            parts = index if isinstance(index, tuple) else (index,)
            assert len(parts) == len(row.indices), f"{row.name}[{','.join(row.indices)}]"


@every_family
def test_the_model_in_which_rows_are_looked_for_has_them(family: Family) -> None:
    """A row that is declared but empty would prove little; a new family adds a line to `a_scenario_for_every_row`."""
    assert [name for name, row in components(family, pyo.Constraint).items() if not len(row)] == []


@every_family
def test_every_variable_in_a_symbol_table_is_one_of_the_model(family: Family) -> None:
    shared = {variable.local_name for variable in a_model().pyomo.component_objects(pyo.Var)}
    known = shared | {name for name in dir(a_model().decide) if not name.startswith("_")}
    stated = {name for symbol in symbols_of(family) if symbol.kind == "V" for name in symbol.names}
    assert stated - known == set()


@every_family
def test_every_variable_of_a_family_is_in_its_symbol_table(family: Family) -> None:
    stated = {name for symbol in symbols_of(family) for name in symbol.names}
    assert set(components(family, pyo.Var)) - stated == set()


@every_family
def test_every_symbol_is_a_variable_or_a_parameter(family: Family) -> None:
    symbols = symbols_of(family)
    assert symbols
    assert {symbol.kind for symbol in symbols} <= {"V", "P"}


@every_family
def test_what_is_said_when_a_row_binds_is_said_of_a_row_that_is_stated(family: Family) -> None:
    assert set(family.SENTENCES) <= {row.name for row in rows_of(family)}

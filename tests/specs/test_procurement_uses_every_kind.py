"""In the procurement example every way of buying is on offer, and the plan would cost more without any that it uses."""

import signal
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import inf
from pathlib import Path

import pytest

from contracts.options import AnyTerms
from contracts.terms.common import Nature
from optimizer.model import build_model
from optimizer.plan import Plan
from optimizer.problem import state
from optimizer.run import PlanOptions, plan_fleet, solve_options
from optimizer.solve import Session
from optimizer.solve_arrays import compile_model
from optimizer.solve_protocol import Progress, SolveStatus
from scenarios.example_building.procurement.building import build_procurement
from scenarios.loading import load_scenario
from scenarios.scenario import Scenario

ROOT = Path(__file__).parents[2]
PROCUREMENT = ROOT / "scenarios" / "examples" / "procurement"

Without = Callable[[Scenario], Scenario]


@cache
def scenario() -> Scenario:
    return load_scenario(PROCUREMENT).scenario


@cache
def plan() -> Plan:
    return plan_fleet(scenario(), PlanOptions(with_baselines=False))


def without_contracts(keep: Callable[[AnyTerms], bool]) -> Without:
    def left(given: Scenario) -> Scenario:
        return given.model_copy(update={"contracts": tuple(terms for terms in given.contracts if keep(terms))})

    return left


def without_kind(kind: str) -> Without:
    return without_contracts(lambda terms: terms.kind != kind)


def without_tables(*names: str) -> Without:
    return lambda given: given.model_copy(update=dict.fromkeys(names, ()))


WITHOUT: dict[Nature, Without] = {
    Nature.SPOT_USAGE: without_kind("spot"),
    Nature.RESERVED_RECURRING: without_kind("reserved"),
    Nature.TAKE_OR_PAY_USAGE: without_kind("take_or_pay"),
    Nature.VOLUME_USAGE: without_kind("volume"),
    Nature.CAPACITY_BLOCK: without_kind("capacity_block"),
    Nature.OWNED_CAPEX: without_kind("owned"),
    Nature.SPEND_COMMITMENT_COVERED: without_tables("spend_commitments", "covered_rates"),
    Nature.AGREEMENT_DISCOUNT: without_tables("agreements", "agreement_tiers"),
    Nature.CREDIT_USE: without_tables("credits"),
    Nature.API_USAGE: without_tables("api_offers", "provisioned"),
    Nature.PROVISIONED_RECURRING: without_tables("provisioned"),
}
"""A nature of cost line that tells that a kind is used, and the scenario without that kind."""


def test_it_is_built_from_the_bundled_data_byte_for_byte(tmp_path: Path) -> None:
    build_procurement(ROOT / "catalog" / "bundled", tmp_path)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert built == {path.name: path.read_bytes() for path in PROCUREMENT.iterdir() if path.name != "README.md"}


def test_it_loads_without_a_warning_and_offers_every_kind() -> None:
    loaded = load_scenario(PROCUREMENT)
    assert loaded.warnings == ()
    assert {terms.kind for terms in loaded.scenario.contracts} == {
        "on_demand", "spot", "reserved", "take_or_pay", "volume", "capacity_block", "owned",
    }  # fmt: skip
    given = loaded.scenario
    tables = given.spend_commitments, given.agreements, given.credits, given.api_offers, given.provisioned
    assert all(tables)


def test_every_right_and_clause_is_carried_by_something() -> None:
    reserved, held = scenario().reserved, scenario().held_contracts
    carried = (*reserved, *held)
    assert any(row.terminable_after_months for row in carried)
    assert any(row.swap_to for row in carried)
    assert any(row.renewal_months and not row.auto_renews for row in carried)
    assert any(row.auto_renews for row in carried)
    assert any(row.most_favoured_of for row in reserved)
    assert {row.escalator_share_per_year > 0 for row in reserved if row.escalator_share_per_year} == {True, False}
    assert any(row.currency != "USD" for row in reserved)
    assert any(row.net_days for row in reserved)
    assert {row.upfront.value for row in reserved} == {"none", "partial", "all"}


@pytest.mark.long
def test_it_is_proven_within_half_a_percent() -> None:
    assert plan().gap <= 0.005


def proven_without(nature: Nature, enough_usd: float) -> float:
    """What any plan costs at least without the kind, proven until it is enough; without end where none is possible."""
    problem = state(WITHOUT[nature](scenario()))
    model = build_model(problem)

    def listen(progress: Progress) -> None:
        if progress.bound is not None and progress.bound * model.money_scale_usd > enough_usd:
            signal.raise_signal(signal.SIGINT)  # the solver then ends with the bound that it has

    with Session() as session:
        to_the_end = replace(solve_options(problem, model.money_scale_usd), gap_share=0.0, gap_absolute=0.0)
        reply = session.solve(compile_model(model).arrays, to_the_end, listen)
    if reply.status in (SolveStatus.INFEASIBLE, SolveStatus.UNDECIDED):
        return inf
    assert reply.bound is not None
    return reply.bound * model.money_scale_usd


@pytest.mark.long
def test_without_any_kind_that_it_uses_the_plan_costs_more_than_both_gaps() -> None:
    """What is proven without the kind lies above what the plan costs with it; most kinds are used."""
    natures = {line.nature for line in plan().cost_lines}
    used = [nature for nature in WITHOUT if nature in natures]
    assert len(used) >= 10
    enough_usd = plan().incumbent_usd
    assert [nature for nature in used if proven_without(nature, enough_usd) <= enough_usd] == []

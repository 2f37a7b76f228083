"""What must hold between the costs of two plans with take-or-pay, migrations, budgets and outlooks, whatever the fleet.

Compared by what is proven: a claim fails only if the bound of what must be cheaper lies above what the other costs.
"""

from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from optimizer.knowing import value_of_knowing
from optimizer.plan import ValueOfKnowing
from optimizer.problem import state
from optimizer.run import solve_options
from scenarios.outlooks import Effect
from scenarios.policy import BudgetWindow
from scenarios.scenario import Scenario
from tests.builders import a_budget, an_effect
from tests.proving import EXACT_USD, changed, never_cheaper, planned, with_policy
from tests.random_commitments import (
    LIMITS,
    MONTHS,
    an_uncertain_fleet,
    committed_plan,
    limited,
    revealed,
    uncertain_plan,
)
from tests.relating import same_cost, with_prices

pytestmark = pytest.mark.long

FEW = range(3)
MANY = range(100, 140)
LEAST_BINDING_SHARE = 0.2


# --- limits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", LIMITS)
def test_what_is_harder_is_never_cheaper_and_costs_money_in_a_fifth_of_the_cases(limit: str) -> None:
    pairs = [pair for seed in FEW if (pair := limited(limit, seed)) is not None]
    assert all(never_cheaper(pair.limited, pair.free) for pair in pairs)
    assert sum(pair.binds for pair in pairs) >= LEAST_BINDING_SHARE * len(FEW)


@pytest.mark.long
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("seed", MANY)
def test_what_is_harder_is_never_cheaper_in_many_fleets(limit: str, seed: int) -> None:
    pair = limited(limit, seed)
    assert pair is None or never_cheaper(pair.limited, pair.free)


# --- money -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["less cash", "less capital"])
def test_all_money_up_by_a_tenth_costs_a_tenth_more(limit: str) -> None:
    """Prices, minimums in dollars, engineering, upkeep and budgets."""
    pair = limited(limit, 0)
    assert pair is not None
    assert pair.binds
    assert same_cost(pair.limited, planned(with_all_money(pair.limited.scenario, Decimal("1.1"))), 1.1)


def with_all_money(scenario: Scenario, factor: Decimal) -> Scenario:
    """Everything that is stated in dollars times the factor."""

    def scaled(row: Any, *fields: str) -> Any:
        stated = {field: getattr(row, field) for field in fields if hasattr(row, field)}
        return row.model_copy(update={field: usd * factor for field, usd in stated.items() if usd is not None})

    dearer = with_policy(
        with_prices(scenario, factor), budgets=tuple(scaled(b, "limit_usd") for b in scenario.policy.budgets)
    )
    return changed(
        dearer,
        contracts=tuple(scaled(c, "minimum_usd_per_month") for c in dearer.contracts),
        migrations=tuple(scaled(m, "engineering_usd", "upkeep_usd_per_month") for m in dearer.migrations),
    )


@pytest.mark.parametrize("seed", [0, 1])
def test_a_budget_of_what_the_plan_pays_changes_nothing(seed: int) -> None:
    free = committed_plan(seed)
    limit = free.totals.cash_usd + Decimal("0.01") * len(free.cost_lines)
    budget = a_budget(limit_usd=limit, window=BudgetWindow.HORIZON)
    assert same_cost(free, planned(with_policy(free.scenario, budgets=(budget,))))


# --- outlooks ----------------------------------------------------------------------------------------------


def halved(scenario: Scenario, outlook: str) -> Scenario:
    """An outlook as two that are alike, each half as likely."""
    twin = f"{outlook}-twin"
    rows = tuple(
        row.model_copy(update={"probability": row.probability / 2}) if row.outlook == outlook else row
        for row in scenario.outlooks
    )
    (half,) = (row for row in rows if row.outlook == outlook)
    effects = tuple(row for row in scenario.outlook_effects if row.outlook == outlook)
    return changed(
        scenario,
        outlooks=(*rows, half.model_copy(update={"outlook": twin})),
        outlook_effects=(*scenario.outlook_effects, *(row.model_copy(update={"outlook": twin}) for row in effects)),
    )


@pytest.mark.parametrize(("seed", "reveal"), [(0, None), (1, 1)])
def test_an_outlook_split_in_two_halves_changes_nothing(seed: int, reveal: int | None) -> None:
    scenario = revealed(an_uncertain_fleet(seed), reveal)
    assert same_cost(planned(scenario), planned(halved(scenario, "other")))


@pytest.mark.parametrize("seed", [0])
def test_to_be_told_later_is_never_cheaper(seed: int) -> None:
    """What can be decided for all futures can also be decided for each of them, the same."""
    plans = [planned(revealed(an_uncertain_fleet(seed), month)) for month in range(MONTHS)]
    plans.append(uncertain_plan(seed))
    assert all(never_cheaper(later, earlier) for earlier, later in pairwise(plans))


@pytest.mark.parametrize("reveal", [None, 0])
def test_a_delay_that_can_be_foreseen_is_never_cheaper(reveal: int | None) -> None:
    """A month late in all outlooks, or in one that is known before anything is signed.

    An order that is delivered late could have been promised for that month, at the same bill. Where not every month
    may be promised a delay can help: it puts the end of a term behind the horizon, or its start after the last one.
    """
    scenario = revealed(an_uncertain_fleet(2), reveal)
    late = [row.outlook for row in scenario.outlooks if reveal is None or row.outlook == "other"]
    effects = (an_effect(outlook, effect=Effect.DELIVERY_DELAY, value=1) for outlook in late)
    delayed = changed(scenario, outlook_effects=(*scenario.outlook_effects, *effects))
    assert all(terms.latest_start is None for terms in (*scenario.reserved, *scenario.take_or_pay))
    assert never_cheaper(planned(delayed), planned(scenario))


@pytest.mark.parametrize("seed", [0, 3])
def test_a_chance_that_a_gate_fails_is_never_cheaper(seed: int) -> None:
    scenario = an_uncertain_fleet(seed)
    passed = tuple(row for row in scenario.outlook_effects if row.effect is not Effect.GATE)
    failed = (*passed, an_effect("other", effect=Effect.GATE, value=0))
    assert never_cheaper(
        planned(changed(scenario, outlook_effects=failed)), planned(changed(scenario, outlook_effects=passed))
    )


@cache
def knowing(seed: int, reveal: int | None) -> ValueOfKnowing:
    problem = state(revealed(an_uncertain_fleet(seed), reveal))
    return value_of_knowing(problem, planned(problem.scenario), solve_options(problem, 1.0), lambda _: None)


@pytest.mark.parametrize(("seed", "reveal"), [(0, None), (1, 1)])
def test_to_know_and_to_plan_for_all_outlooks_is_never_worth_less_than_nothing(seed: int, reveal: int | None) -> None:
    value = knowing(seed, reveal)
    assert value.perfect_information.at_most_usd >= -EXACT_USD
    assert value.stochastic_solution is None or value.stochastic_solution.at_most_usd >= -EXACT_USD
    for row in value.outlooks:
        assert row.foreseen_bound_usd <= float(row.plan_usd) + EXACT_USD
        assert row.mean_plan_usd is None or row.foreseen_bound_usd <= row.mean_plan_usd + EXACT_USD


def test_the_sooner_it_is_told_the_less_is_it_worth_to_know() -> None:
    """Told before anything is signed, there is nothing left to foresee."""
    assert knowing(0, 0).perfect_information.at_least_usd <= EXACT_USD
    assert knowing(0, 0).perfect_information.usd == pytest.approx(0.0, abs=0.5)


# --- names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1])
def test_names_of_contracts_migrations_and_outlooks_do_not_matter(seed: int) -> None:
    """All of them renamed so that they sort the other way round."""
    scenario = an_uncertain_fleet(seed)
    outlook = {"base": "z-base", "other": "a-other"}
    migration = {"mig-a": "z-mig", "mig-b": "a-mig"}

    def named(row: Any) -> Any:
        name = migration.get(row.name, row.name)
        return row.model_copy(update={"outlook": outlook[row.outlook], "name": name})

    other = changed(
        scenario,
        contracts=tuple(c.model_copy(update={"contract": f"{9 - i}-of-it"}) for i, c in enumerate(scenario.contracts)),
        migrations=tuple(m.model_copy(update={"migration": migration[m.migration]}) for m in scenario.migrations),
        outlooks=tuple(o.model_copy(update={"outlook": outlook[o.outlook]}) for o in scenario.outlooks),
        outlook_effects=tuple(named(row) for row in scenario.outlook_effects),
    )
    assert same_cost(uncertain_plan(seed), planned(other))

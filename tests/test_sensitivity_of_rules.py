"""Every number of a rule of the policy is an input whose worth can be asked for, and the audit knows each of them."""

from decimal import Decimal
from functools import cache

import pytest

from optimizer.audit.varied import varied_inputs
from optimizer.plan import Plan
from optimizer.plan_sensitivity import EndOutcome, Varied
from optimizer.sensitivity.candidates import Candidate, candidates
from optimizer.sensitivity.limits import (
    after_events,
    audit_answers,
    changes_of_orders,
    counted_as_cost,
    limits,
    second_sources,
)
from optimizer.sensitivity.rules import budgets, concentration_caps, floors, migrations_at_once
from optimizer.sensitivity.sources import SOURCES
from optimizer.why.units import LIMITS
from scenarios.inputs import Inputs, parse_set
from scenarios.starting import EXAMPLES
from tests.plan_builders import a_plan
from tests.test_sensitivity import moves, named
from tests.tiny_folder import measured, tiny

LIMITED = ("policy.stability.changed_usd_at_most=300000", "policy.stability.changed_orders_at_most=4")
OF_RULES = (limits, second_sources, audit_answers, changes_of_orders, counted_as_cost, after_events)
OLDER = (budgets, concentration_caps, floors, migrations_at_once)


@cache
def example() -> Inputs:
    return Inputs.read(EXAMPLES / "policy")


@cache
def of_the_example() -> tuple[Candidate, ...]:
    """The example has every rule; nothing binds in a plan that is not its own."""
    scenario = example().load([parse_set(text) for text in LIMITED]).scenario
    plan = a_plan().model_copy(update={"scenario": scenario, "binding": (), "contingencies": ()})
    assert set(OF_RULES) | set(OLDER) <= set(SOURCES)
    return candidates(plan, (*OF_RULES, *OLDER))


def test_every_rule_with_a_number_of_its_own_can_be_moved() -> None:
    """`LIMITS` says of every record of a rule which number makes room."""
    policy = example().load().scenario.policy
    moved = {row.lever.path for row in of_the_example()}
    for key in type(policy).model_fields:
        rows = getattr(policy, key)
        for i, row in enumerate(rows if isinstance(rows, tuple) else ()):
            limit = LIMITS.get(type(row).__name__)
            if limit is not None:
                assert f"policy.{key}[{i}].{limit.field}" in moved
    assert moved >= {
        "policy.sourcing[0].providers_at_least",
        "policy.audit_answers[0].yes_at_least",
        "policy.carbon_price_usd_per_t",
        "policy.stability.price_per_changed_usd",
        "policy.stability.changed_usd_at_most",
        "policy.stability.changed_orders_at_most",
        "policy.contingencies[0].floors[0].floor_share",
        "policy.contingencies[0].api_share",
    }


def test_the_audit_knows_every_input_that_is_moved_and_what_it_is() -> None:
    scenario = example().load([parse_set(text) for text in LIMITED]).scenario
    for row in of_the_example():
        assert varied_inputs(scenario, row.varied)[row.of] == Decimal(row.lever.value), row.name


def test_every_end_is_a_scenario() -> None:
    for row in of_the_example():
        for end in (row.lever.low, row.lever.high):
            if end is not None:
                example().load([*[parse_set(text) for text in LIMITED], *end.changes])


@pytest.mark.parametrize(
    ("varied", "ends"),
    [
        (Varied.SOURCES, ("1", "3")),
        (Varied.SOURCE_SHARE, ("0.09", "0.11")),
        (Varied.AUDIT_ANSWERS, (None, "2")),
        (Varied.CHANGED_ORDERS, ("3", "5")),
        (Varied.SOVEREIGNTY, ("30.6", "37.4")),
    ],
)
def test_counts_move_by_one_and_other_numbers_by_a_tenth(varied: Varied, ends: tuple[str | None, str | None]) -> None:
    """One answer less would ask for nothing, and such a rule is refused."""
    lever = next(row.lever for row in of_the_example() if row.varied is varied)
    assert (lever.low and lever.low.value, lever.high and lever.high.value) == ends


@pytest.fixture(scope="module")
def green(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A node draws 1 kW on a grid of 1,000 g: 1,416 hours are 1.416 t at 100 USD. It is all that may draw."""
    rules = """\
policy:
  carbon_price_usd_per_t: 100
  unknown_figures: {power_kw_per_accelerator: 1, pue: 1, grid_g_co2e_per_kwh: 1000}
  power: [{rule: site, limit_mw: 0.001}]
"""
    return measured(tiny(tmp_path_factory.mktemp("green"), {"scenario.yaml": ("policy:\n", rules)}))


def test_a_tenth_of_the_price_of_carbon_moves_a_tenth_of_what_it_counts_for(green: Plan) -> None:
    assert moves(named(green, "price of carbon")) == [Decimal("-14.16"), Decimal("14.16")]
    assert [row.estimate_usd for row in candidates(green, (counted_as_cost,))] == [pytest.approx(14.16)]


def test_less_power_than_the_load_needs_has_no_plan_and_more_saves_nothing(green: Plan) -> None:
    row = named(green, "power under site")
    assert row.low is not None
    assert row.low.outcome is EndOutcome.IMPOSSIBLE
    assert moves(row) == [None, Decimal("0.00")]
    assert green.audit is not None
    assert green.audit.verdict == "PASS"


def test_what_binds_is_looked_at_before_what_does_not(green: Plan) -> None:
    """The power is used up: a tenth of the cost, a quarter dearer."""
    estimates = {row.name: row.estimate_usd for row in candidates(green, SOURCES)}
    assert estimates["power under site"] == pytest.approx(0.025 * green.incumbent_usd)

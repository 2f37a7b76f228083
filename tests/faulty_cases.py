"""Small cases whose cost is known by hand: what a planted fault in the optimizer must get wrong.

January has 744 hours, February 672, March 744. Reserved and take-or-pay cost 6 an hour, on demand 20 (10 where a
migration leads to 5); of take-or-pay at least 300 node-hours a month are paid.
"""

from decimal import Decimal
from typing import Any

from contracts.terms.reserved import Upfront
from scenarios.outlooks import Effect, Subject
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_budget,
    a_contingency,
    a_held,
    a_migration,
    a_reserved,
    a_scenario,
    a_size_class,
    a_take_or_pay,
    a_workload,
    an_effect,
    an_on_demand,
    an_outlook,
    flat_blocks,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import with_policy
from tests.stacks import two_stacks

TWO_FUTURES: dict[str, Any] = {"outlooks": (an_outlook("base"), an_outlook("high"))}


def monthly_nodes(*nodes: float) -> tuple[Demand, ...]:
    """So many nodes of load in the first, second ... month."""
    return tuple(Demand(workload="chat", month=FIRST + t, accepted_requests_per_s=10 * n) for t, n in enumerate(nodes))


def a_fleet(nodes: tuple[float, ...], *contracts: Any, **overrides: Any) -> Scenario:
    """So many nodes of load in each month."""
    fields: dict[str, Any] = {
        "run": run_settings(months=len(nodes)),
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(price_usd_per_node_hour=Decimal(20)), *contracts),
        "demand": monthly_nodes(*nodes),
    }
    return a_scenario(**(fields | overrides))


def a_take_or_pay_fleet(nodes: tuple[float, ...], **terms: Any) -> Scenario:
    """With one take-or-pay contract that starts in January."""
    return a_fleet(nodes, a_take_or_pay(**({"latest_start": FIRST} | terms)))


def two_months_of_three() -> Scenario:
    return a_fleet((1.0, 1.0, 1.0), a_reserved(latest_start=FIRST))


def ramped_minimum() -> Scenario:
    """148.8 used and 60 owed, 134.4 used and 180 owed."""
    return a_take_or_pay_fleet((0.2, 0.2), ramp_shares=(0.2, 0.6))


def window_cut_by_the_horizon() -> Scenario:
    """Four months in one window, the first two at 0.4 and 0.8 of 300: 360 are owed, 283.2 used."""
    return a_take_or_pay_fleet((0.2, 0.2), term_months=4, window_months=4, ramp_shares=(0.4, 0.8))


def carried_on() -> Scenario:
    """January's 744 are 444 above its minimum: February, unused, owes nothing."""
    return a_take_or_pay_fleet((1.0, 0.0), excess_carries_forward=True)


def nothing_to_carry_on() -> Scenario:
    """Both months stay below their 300."""
    return a_take_or_pay_fleet((0.2, 0.2), excess_carries_forward=True)


def made_up() -> Scenario:
    """January pays 300 unused; of the 672 of February 300 are paid already."""
    return a_take_or_pay_fleet((0.0, 1.0), make_up_right=True)


def nothing_to_make_up() -> Scenario:
    """January's 744 are used; February pays its 300, and no month is left to use them in."""
    return a_take_or_pay_fleet((1.0, 0.0), make_up_right=True)


def owed_after_the_horizon() -> Scenario:
    """Two months used, and the minimum of a third."""
    return a_take_or_pay_fleet((1.0, 1.0), term_months=3).model_copy(
        update={"run": run_settings(beyond_horizon_weight=Decimal(1))}
    )


def more_load_than_is_ordered() -> Scenario:
    """One node of take-or-pay is to be had, half a node is rented."""
    return a_take_or_pay_fleet((1.5, 1.5), maximum_order_nodes=1)


def uncertain_use() -> Scenario:
    """354 or 708 node-hours used, 580 paid at least."""
    terms = a_take_or_pay(minimum_node_hours_per_month=Decimal(290))
    return a_fleet((0.25, 0.25), terms, **TWO_FUTURES, outlook_effects=(an_effect(),))


def late_delivery() -> Scenario:
    """As likely as not a month late: January is then rented, and March is after the horizon."""
    late = an_effect(effect=Effect.DELIVERY_DELAY, of=Subject.OFFERING, name="node-a", value=1)
    return a_fleet((1.0, 1.0), a_reserved(latest_start=FIRST), **TWO_FUTURES, outlook_effects=(late,))


def told_in_february() -> Scenario:
    """In high February needs a second node: reserved for the month, at 4,032, once it is known."""
    return a_fleet(
        (1.0, 1.0),
        a_reserved(term_months=1),
        **TWO_FUTURES,
        outlook_effects=(an_effect(first_month=FIRST + 1),),
        run=run_settings(reveal_month=FIRST + 1),
    )


def a_move(*work: Any, months: int = 2, **overrides: Any) -> Scenario:
    """A node of load at 10 on node-a, or at 5 on node-b of another stack."""
    fields: dict[str, Any] = {
        "catalog": two_stacks("model-a"),
        "run": run_settings(months=months),
        "contracts": (an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(5))),
        "demand": nodes_of_load(1.0, months),
        "migrations": work,
    }
    return a_scenario(**(fields | overrides))


def to_b(name: str = "mig-a", **overrides: Any) -> Any:
    """A month of work for 1,000, upkeep of 100 a month."""
    return a_migration(name, **({"stack": "stack-b", "upkeep_usd_per_month": Decimal(100)} | overrides))


def two_months_of_work() -> Scenario:
    """1,000.01 in two parts; the gate is in March."""
    work = to_b(lead_months=2, engineering_months=2, engineering_usd=Decimal("1000.01"))
    return a_move(work, months=3)


def half_after_the_gate() -> Scenario:
    """From February on half of the class; work that is done twice would open all of it in March."""
    return a_move(to_b(ramp_shares=(0.5, 0.5), engineering_usd=Decimal(100)), months=3)


def gate_that_may_fail() -> Scenario:
    """Passed in base only; the work is paid in both."""
    fails = an_effect("high", effect=Effect.GATE, of=Subject.MIGRATION, name="mig-a", value=0)
    return a_move(to_b(), **TWO_FUTURES, outlook_effects=(fails,))


def event_after_the_gate() -> Scenario:
    """February's gate opens a quarter of the class, but half of it must survive the loss of cloud-a: impossible."""
    half = a_contingency(floor_share=0.5)
    return with_policy(a_move(to_b(ramp_shares=(0.25,)), demand=monthly_nodes(0.0, 1.0)), contingencies=(half,))


def one_at_a_time() -> Scenario:
    """Two models: the second one's gate is in March, a month after the first one's."""
    free = {"upkeep_usd_per_month": Decimal(0)}
    both = a_move(
        to_b(**free),
        to_b("mig-b", model="model-b", **free),
        months=3,
        catalog=two_stacks("model-a", "model-b"),
        workloads=(a_workload(), a_workload("code", model="model-b")),
        size_classes=(a_size_class(), a_size_class("code")),
        demand=(*nodes_of_load(1.0, 3), *nodes_of_load(1.0, 3, "code")),
        blocks=flat_blocks("chat", "code"),
    )
    return with_policy(both, migrations_at_once=1)


def within(limit: int, scenario: Scenario) -> Scenario:
    return with_policy(scenario, budgets=(a_budget(limit_usd=Decimal(limit)),))


def february_cannot_be_paid() -> Scenario:
    """4,032 in February are 3,968 today, but they are paid in February."""
    run = run_settings(discount_rate_per_year=Decimal("0.21"))
    return within(4031, a_fleet((0.0, 1.0), a_reserved(term_months=1), run=run))


def rent_cannot_be_paid() -> Scenario:
    """A rented node costs 14,880 in January."""
    return within(14879, a_fleet((1.0, 1.0)))


def held_nodes_are_paid_first() -> Scenario:
    """A held node takes 3,720 of January: 7,080 upfront for the other no longer fit, 4,464 do."""
    upfront = {"price_usd_per_node_hour": Decimal(5), "upfront": Upfront.ALL, "upfront_share": 1.0}
    offers = a_reserved(latest_start=FIRST), a_reserved("upfront", latest_start=FIRST, **upfront)
    return within(3720 + 7079, a_fleet((2.0, 2.0), *offers, held_contracts=(a_held(),)))

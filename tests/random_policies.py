"""Rules of the policy that bind small random fleets, drawn from what their plans use without them."""

from collections import defaultdict
from decimal import Decimal
from random import Random
from typing import Any

from catalog.footprint import AcceleratorPower, Answer, Locality, RatedScope, RegionEnergy, SovereigntyRating
from contracts.approved import ApprovedOrder
from contracts.calendar import Month
from optimizer.plan import Plan
from scenarios.policy import (
    AuditMinimum,
    BudgetWindow,
    CarbonCap,
    ExpiryCap,
    Grouping,
    Lost,
    OutstandingCap,
    PowerCap,
    RemainingTermCap,
    ShareFloor,
    ShareMeasure,
    SourcingRule,
    SovereigntyFloor,
    Stability,
    Window,
    WorkloadFloor,
)
from scenarios.scenario import Scenario
from tests.builders import SOURCED, a_contingency
from tests.proving import a_cap, changed, with_policy
from tests.random_fleets import tokens_by, with_offering

PROVIDER_OF = {"node-a": "cloud-a", "node-b": "cloud-b"}
CHIP_OF = {"node-a": "gpu-a", "node-b": "gpu-b"}
KW_OF = {"gpu-a": 1.0, "gpu-b": 1.5}
PUE, GRAMS_PER_KWH = 1.2, 400.0


def _by_use(plan: Plan) -> tuple[str, str]:
    """The two offerings, the one that serves more first."""
    tokens = tokens_by(plan, "offering")
    first, second = sorted(PROVIDER_OF, key=lambda o: (-tokens.get(o, 0.0), o))
    return first, second


def _share(plan: Plan, offering: str) -> float:
    tokens = tokens_by(plan, "offering")
    return tokens.get(offering, 0.0) / sum(tokens.values())


def _more_of_the_smaller(plan: Plan, draw: Random) -> float:
    share = _share(plan, _by_use(plan)[1])
    return share + (1 - share) * draw.uniform(0.2, 0.6)


def with_figures(scenario: Scenario) -> Scenario:
    """The scenario with power, grid and ratings of both chips known; gpu-a is rated 80, gpu-b 20."""
    catalog = scenario.catalog.model_copy(
        update={
            "accelerator_power": tuple(
                AcceleratorPower(accelerator=a, power_kw=kw, **SOURCED) for a, kw in KW_OF.items()
            ),
            "region_energy": tuple(
                RegionEnergy(region=row.region, grid_g_co2e_per_kwh=GRAMS_PER_KWH, pue=PUE, **SOURCED)
                for row in scenario.catalog.regions
            ),
            "sovereignty": tuple(a_rating(chip, score) for chip, score in (("gpu-a", 80.0), ("gpu-b", 20.0))),
        }
    )
    return changed(scenario, catalog=catalog)


def a_rating(chip: str, score: float, answer: Answer = Answer.YES) -> SovereigntyRating:
    """The same score for all four parts of an accelerator, and the same answer to all five questions."""
    return SovereigntyRating(
        **SOURCED,
        scope=RatedScope.ACCELERATOR,
        name=chip,
        ip_ownership=score,
        fabrication_diversity=score,
        compiler_openness=score,
        energy_integration=score,
        instruction_set_autonomy=answer,
        supply_chain_transparency=answer,
        firmware_integrity=answer,
        energy_agnosticism=answer,
        portable_in_24_hours=answer,
    )


def _floor(plan: Plan, draw: Random) -> Scenario:
    floor = ShareFloor(
        rule="floor",
        measure=draw.choice([ShareMeasure.TOKENS, ShareMeasure.SPEND, ShareMeasure.CAPACITY]),
        by=Grouping.PROVIDER,
        group=PROVIDER_OF[_by_use(plan)[1]],
        floor_share=_more_of_the_smaller(plan, draw),
        window=draw.choice(list(Window)),
    )
    return with_policy(plan.scenario, share_floors=(floor,))


def _local(plan: Plan, draw: Random) -> Scenario:
    scenario = with_offering(plan.scenario, _by_use(plan)[1], locality=draw.choice([Locality.EDGE, Locality.OWN_SITE]))
    share = _more_of_the_smaller(plan, draw)
    floor = ShareFloor(
        rule="local", measure=ShareMeasure.TOKENS, by=Grouping.LOCALITY, group="local", floor_share=share
    )
    return with_policy(scenario, share_floors=(floor,))


def _power_share(plan: Plan, draw: Random) -> Scenario:
    largest = _by_use(plan)[0]
    cap = a_cap(
        measure=ShareMeasure.POWER,
        by=Grouping.CHIP_VENDOR if draw.random() < 0.5 else Grouping.PROVIDER,
        group="*",
        cap_share=0.5 + (_share(plan, largest) - 0.5) * draw.uniform(0.1, 0.5),
    )
    return with_policy(with_figures(plan.scenario), concentration=(cap,))


def _spend_by_contract(plan: Plan) -> dict[str, Decimal]:
    spend: dict[str, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.nature.is_cash:
            spend[line.source] += line.amount_usd
    return spend


def _one_contract(plan: Plan, draw: Random) -> Scenario:
    spend = _spend_by_contract(plan)
    largest = max(sorted(spend), key=lambda source: spend[source])
    share = float(spend[largest] / sum(spend.values()))
    measure = draw.choice([ShareMeasure.SPEND, ShareMeasure.CAPACITY])
    cap = a_cap(
        measure=measure,
        by=Grouping.CONTRACT,
        group=largest,
        cap_share=share * draw.uniform(0.3, 0.7),
        window=Window.HORIZON,
    )
    return with_policy(plan.scenario, concentration=(cap,))


def _portable(plan: Plan, draw: Random) -> Scenario:
    """Only the smaller offering is known to be portable."""
    largest, smaller = _by_use(plan)
    ratings = (a_rating(CHIP_OF[smaller], 50.0), a_rating(CHIP_OF[largest], 50.0, Answer.UNKNOWN))
    catalog = plan.scenario.catalog.model_copy(update={"sovereignty": ratings})
    cap = a_cap(by=Grouping.PORTABILITY, group="not_portable", cap_share=_share(plan, largest) * draw.uniform(0.3, 0.8))
    return with_policy(changed(plan.scenario, catalog=catalog), concentration=(cap,))


def _outstanding(plan: Plan, draw: Random) -> Scenario | None:
    first = plan.scenario.run.first_month
    owed = sum(line.amount_usd for line in plan.cost_lines if line.order and line.paid_month > first)
    if not owed:
        return None
    rule = OutstandingCap(rule="owed", limit_usd=(owed * Decimal(draw.randint(20, 70)) / 100).quantize(Decimal(1)))
    return with_policy(plan.scenario, outstanding=(rule,))


def _term(plan: Plan, draw: Random) -> Scenario | None:
    longest = max((order.end - order.start for order in plan.orders), default=0)
    if longest < 2:
        return None
    return with_policy(
        plan.scenario, remaining_terms=(RemainingTermCap(rule="term", limit_months=draw.uniform(1.0, longest - 0.5)),)
    )


def _expiry(plan: Plan, draw: Random) -> Scenario | None:
    if not plan.orders:
        return None
    return with_policy(plan.scenario, expiries=(ExpiryCap(rule="expiry", cap_share=draw.uniform(0.0, 0.6)),))


def _sourcing(plan: Plan, draw: Random) -> Scenario:
    rule = SourcingRule(
        rule="two", workload=draw.choice(["chat", "code"]), providers_at_least=2, share_at_least=draw.uniform(0.2, 0.45)
    )
    return with_policy(plan.scenario, sourcing=(rule,))


def _delivery(plan: Plan, draw: Random) -> Scenario | None:
    if not plan.orders:
        return None
    event = a_contingency(
        "late", lost=Lost.DELIVERY, name="*", floor_share=1.0, late_months=draw.choice([1, 2]),
        delivered_share=draw.choice([0.0, 0.5]),
    )  # fmt: skip
    scenario = with_policy(plan.scenario, contingencies=(event,))
    for offering in PROVIDER_OF:
        scenario = with_offering(scenario, offering, on_demand_confidence=0.02)
    return scenario


def _one_floor(plan: Plan, draw: Random) -> Scenario:
    """Only chat must survive, and that in full."""
    largest, smaller = _by_use(plan)
    event = a_contingency(
        name=PROVIDER_OF[largest], floor_share=0.0, floors=(WorkloadFloor(workload="chat", floor_share=1.0),)
    )
    scenario = with_policy(plan.scenario, contingencies=(event,))
    return with_offering(scenario, smaller, quota_nodes=2, on_demand_confidence=draw.uniform(0.1, 0.5))


def _place(plan: Plan, draw: Random) -> Scenario:
    """A locality is lost that has the larger offering."""
    smaller = _by_use(plan)[1]
    scenario = with_offering(
        plan.scenario, smaller, locality=Locality.OWN_SITE, quota_nodes=2, on_demand_confidence=0.25
    )
    event = a_contingency(lost=Lost.LOCALITY, name="cloud", floor_share=draw.choice([0.8, 1.0]))
    return with_policy(scenario, contingencies=(event,))


def _sovereignty(plan: Plan, draw: Random) -> Scenario:
    """The larger offering is rated 20, the smaller 80; the index of the plan as it is lies between."""
    largest, smaller = _by_use(plan)
    ratings = (a_rating(CHIP_OF[largest], 20.0), a_rating(CHIP_OF[smaller], 80.0))
    catalog = plan.scenario.catalog.model_copy(update={"sovereignty": ratings})
    floor = SovereigntyFloor(rule="index", index_at_least=20 + 60 * _more_of_the_smaller(plan, draw))
    return with_policy(changed(plan.scenario, catalog=catalog), sovereignty=(floor,))


def _answers(plan: Plan, draw: Random) -> Scenario:
    """Of the larger offering nothing is known."""
    smaller = CHIP_OF[_by_use(plan)[1]]
    catalog = plan.scenario.catalog.model_copy(update={"sovereignty": (a_rating(smaller, 50.0),)})
    asked = AuditMinimum(rule="answers", workload=draw.choice(["*", "chat"]), yes_at_least=draw.randint(1, 5))
    return with_policy(changed(plan.scenario, catalog=catalog), audit_answers=(asked,))


def _nodes(plan: Plan, offering: str, month: Month, block: str) -> float:
    there = sum(o.nodes for o in plan.orders if o.offering == offering and o.start <= month < o.end)
    held = sum(h.nodes for h in plan.scenario.held_contracts if h.offering == offering and h.start <= month < h.end)
    used = sum(u.nodes for u in plan.usages if (u.offering, u.month, u.block) == (offering, month, block))
    return there + held + used


def _mw(plan: Plan, offering: str) -> float:
    """Most power at the site."""
    blocks = plan.scenario.blocks.blocks
    most = max(_nodes(plan, offering, m, b.block) for m in plan.scenario.horizon.months for b in blocks)
    return most * KW_OF[CHIP_OF[offering]] * PUE / 1000


def _power(plan: Plan, draw: Random) -> Scenario:
    largest = _by_use(plan)[0]
    rule = PowerCap(
        rule="power",
        by=Grouping.PROVIDER,
        group=PROVIDER_OF[largest],
        limit_mw=_mw(plan, largest) * draw.uniform(0.4, 0.8),
    )
    return with_policy(with_figures(plan.scenario), power=(rule,))


def _carbon(plan: Plan, draw: Random) -> Scenario:
    """Less than the plan emits; on gpu-b a node emits half as much again as on gpu-a."""
    tonnes = 0.0
    for month in plan.scenario.horizon.months:
        for block in plan.scenario.blocks.blocks:
            for offering, chip in CHIP_OF.items():
                kwh = _nodes(plan, offering, month, block.block) * block.hours_in(month) * KW_OF[chip] * PUE
                tonnes += kwh * GRAMS_PER_KWH / 1e6
    rule = CarbonCap(rule="carbon", window=BudgetWindow.HORIZON, limit_t_co2e=tonnes * draw.uniform(0.7, 0.95))
    return with_policy(with_figures(plan.scenario), carbon=(rule,))


def _stability(plan: Plan, draw: Random) -> Scenario | None:
    """Approved was one node more of each order, and nothing may change."""
    if not plan.orders:
        return None
    approved = tuple(
        ApprovedOrder(contract=o.contract, start=o.start, quantity=o.nodes + draw.randint(1, 2)) for o in plan.orders
    )
    rules = (
        Stability(changed_usd_at_most=Decimal(0)),
        Stability(changed_orders_at_most=0),
        Stability(price_per_changed_usd=Decimal("0.5")),
    )
    return with_policy(changed(plan.scenario, approved_orders=approved), stability=draw.choice(rules))


RULES: dict[str, Any] = {
    "share floor": _floor,
    "local minimum": _local,
    "share of power": _power_share,
    "share of one contract": _one_contract,
    "share that cannot move": _portable,
    "outstanding": _outstanding,
    "remaining term": _term,
    "expiries": _expiry,
    "second sources": _sourcing,
    "late delivery": _delivery,
    "floor of one workload": _one_floor,
    "loss of the cloud": _place,
    "sovereignty": _sovereignty,
    "audit answers": _answers,
    "power": _power,
    "carbon": _carbon,
    "stability": _stability,
}
"""By rule: a scenario in which it is tighter than what the free plan does."""

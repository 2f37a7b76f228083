"""What it costs to survive each event: this plan, less the plan that need not survive it.

The plan without an event is the plan of the same inputs in which nothing must be left after it: a floor of 0. It costs
the same as a plan without the event, for serving nothing after it is always possible and free; and only right-hand
sides of rows differ, so that the solve goes on from what the plan's solve taught.
"""

from decimal import Decimal

from contracts.money import to_cents
from optimizer.asked import Asked as Demanded
from optimizer.plan import Plan
from optimizer.plan_why import InsuranceCost, WhyOutcome
from optimizer.why.asking import Asker, Unanswered, dearer_by, per_month
from scenarios.policy import Contingency
from scenarios.scenario import Scenario

SECONDS_PER_HOUR = 3600
TOKENS_PER_MTOK = 10**6


def insurance(plan: Plan, asker: Asker) -> tuple[InsuranceCost, ...]:
    """Of every contingency of the policy, in its order."""
    demanded = Demanded(plan.scenario)
    return tuple(_of(plan, demanded, event, asker) for event in plan.scenario.policy.contingencies)


def _of(plan: Plan, demanded: Demanded, event: Contingency, asker: Asker) -> InsuranceCost:
    months = plan.scenario.run.months
    hours = event.expected_hours_per_month * months
    loss = lost_usd_per_hour(demanded, event)
    told = InsuranceCost(
        contingency=event.contingency,
        outcome=WhyOutcome.NOT_SOLVED,
        with_usd=plan.incumbent_usd,
        with_bound_usd=plan.bound_usd,
        expected_hours=hours,
        loss_usd_per_hour=loss,
        expected_loss_usd=to_cents(Decimal(repr(hours)) * loss),
    )
    less = f"without {event.contingency}"
    found = asker.ask_far(less, lambda: without(plan.scenario, event.contingency), plan.solver.columns)
    if isinstance(found, Unanswered):
        return told.model_copy(update={"outcome": found.outcome, "reason": found.reason})
    premium = dearer_by(plan, found)
    return told.model_copy(
        update={
            "outcome": WhyOutcome.SOLVED,
            "without_usd": found.incumbent_usd,
            "without_bound_usd": found.bound_usd,
            "premium": premium,
            "premium_usd_per_month": per_month(premium.usd, months),
        }
    )


def without(scenario: Scenario, contingency: str) -> Scenario:
    """The scenario in which nothing must be left after the event."""
    policy = scenario.policy
    events = tuple(
        event.model_copy(update={"floor_share": 0.0, "floors": ()}) if event.contingency == contingency else event
        for event in policy.contingencies
    )
    return scenario.model_copy(update={"policy": policy.model_copy(update={"contingencies": events})})


def lost_usd_per_hour(demanded: Demanded, event: Contingency) -> Decimal:
    """Demand up to the floor at the price of its shortfall, in a mean hour of the horizon: if nothing were left."""
    price = {name: float(row.shortfall_price_usd_per_mtok) for name, row in demanded.workload.items()}
    lost = sum(
        demanded.probability[s]
        * rate
        * demanded.hours[t, b]
        * event.floor_of(key.workload)
        * price[key.workload]
        for (key, t, b, s), rate in demanded.tok_per_s.items()
    )
    hours = sum(demanded.hours.values())
    return to_cents(Decimal(repr(lost * SECONDS_PER_HOUR / TOKENS_PER_MTOK / hours)))

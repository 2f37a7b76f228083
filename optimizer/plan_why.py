"""Why the plan is as it is, and why it is not otherwise: records of what was solved again for it.

Meanings: docs/decisions/0040.
"""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from catalog.records import Id, Record, Text
from contracts.calendar import Month


class WhyOutcome(StrEnum):
    """What came of a question."""

    SOLVED = "solved"
    IMPOSSIBLE = "impossible"
    """No plan can keep all rules there."""
    REFUSED = "refused"
    """The inputs are no longer a scenario."""
    NOT_SOLVED = "not_solved"
    """Nothing is known: others came first, the time was over, or the solver failed."""
    NO_UNIT = "no_unit"
    """A rule that has no natural unit to give more of."""


class WhyEnded(StrEnum):
    """Why nothing more was solved again."""

    FINISHED = "finished"
    NUMBER = "number"
    """As many were solved again as was allowed."""
    TIME_LIMIT = "time_limit"
    STOPPED_BY_USER = "stopped_by_user"


class Worth(Record):
    """A difference of the objectives of two plans; the difference of what is least possible lies between the ends."""

    at_least_usd: float
    """Bound of the dearer less incumbent of the cheaper."""
    usd: Decimal
    """Incumbent less incumbent, as found, in whole cents."""
    at_most_usd: float
    """Incumbent of the dearer less bound of the cheaper."""
    distinguishable: bool
    """Whether a sign is proven: the interval does not hold 0, nor come nearer to it than solver and cents can tell."""


class InsuranceCost(Record):
    """What it costs to survive one event: this plan less the plan that need not survive it."""

    contingency: Id
    outcome: WhyOutcome
    with_usd: float
    """Objective of this plan."""
    with_bound_usd: float
    without_usd: float | None = None
    """Objective of the plan that need not survive the event; None unless solved."""
    without_bound_usd: float | None = None
    premium: Worth | None = None
    """None unless solved."""
    premium_usd_per_month: Decimal | None = None
    """The premium as found, by months of the horizon."""
    expected_hours: float = Field(ge=0)
    """Hours of the event in the horizon: probability x duration."""
    loss_usd_per_hour: Decimal
    """Demand up to the floor, at the price of a shortfall, in a mean hour of the horizon: if nothing were left."""
    expected_loss_usd: Decimal
    """Expected hours x that."""
    reason: Text = ""
    """Why there is no premium."""


class RuleWorth(Record):
    """What one unit more of a rule that binds is worth."""

    rule: Id
    """Family of the rule."""
    place: Text
    """Where it binds, in the user's words."""
    times: int = Field(ge=1)
    """In how many months and blocks."""
    outcome: WhyOutcome
    path: Text = ""
    """The input that states it, as `siliconmix whatif --set` takes it; blank where there is no unit."""
    unit: Text = ""
    """What one more of it is."""
    before: Text = ""
    after: Text = ""
    with_more_usd: float | None = None
    """Objective of the plan with one unit more; None unless solved."""
    with_more_bound_usd: float | None = None
    saves: Worth | None = None
    """This plan less that one; None unless solved."""
    reason: Text = ""
    """Why nothing was solved, or what came of it."""


class CashSoFar(Record):
    """What has been paid by the end of a month: expected, held contracts included."""

    month: Month
    with_usd: Decimal
    without_usd: Decimal


class MigrationPayback(Record):
    """What a migration that is begun saves, and from when on it has paid for itself."""

    migration: Id
    outcome: WhyOutcome
    without_usd: float | None = None
    """Objective of the plan without it; None unless solved."""
    without_bound_usd: float | None = None
    saves: Worth | None = None
    """That plan less this one, engineering and upkeep included; None unless solved."""
    cash: tuple[CashSoFar, ...] = ()
    """Every month of the horizon."""
    payback_month: Month | None = None
    """First month from which on, to the end of the horizon, no more was paid so far than without it."""
    reason: Text = ""
    """Why there is no answer."""


class NotTakenReason(StrEnum):
    """Why an offer is not taken: the first that holds, in this order."""

    EXPIRED = "expired"
    LEAD_TIME = "lead_time"
    """No start is possible inside the horizon."""
    REGION = "region"
    QUALITY = "quality"
    MEMORY = "memory"
    SLO = "slo"
    """Latency, or nothing that was measured inside its limits."""
    REFUSED = "refused"
    """May serve no workload, for another reason."""
    GATE = "gate"
    """Only behind migrations that are not begun, or not through."""
    DOMINATED = "dominated"
    """Another offer is at least as good in every clause, and cheaper."""
    CAP = "cap"
    """A rule that binds would be broken by its smallest order, everything else as planned."""
    PRICE = "price"


class NotTaken(Record):
    """An offer that the plan does not take."""

    offer: Id
    kind: Text
    provider: Id
    offering: Id | None
    """None for what sells no nodes of one offering."""
    reason: NotTakenReason
    words: Text
    """The reason with its numbers."""
    other: Id | None = None
    """The offer that dominates it."""
    price_now: Decimal | None = None
    """Only where the reason is its price, and the offer has one."""
    price_unit: Text = ""
    entering_price: Decimal | None = None
    """Estimate: the price at which one smallest order would pay, all other orders as they are; None: not estimated."""
    command: Text = ""
    """What proves it."""


class Why(Record):
    """Insurance of events, payback of migrations, worth of rules, and offers that are not taken."""

    insurance: tuple[InsuranceCost, ...]
    """By contingency, in the order of the policy."""
    paybacks: tuple[MigrationPayback, ...]
    """By migration."""
    rules: tuple[RuleWorth, ...]
    """The rules that bind most often first."""
    not_taken: tuple[NotTaken, ...]
    """By kind and name."""
    solves: int = Field(ge=0)
    """Plans that were made for this."""
    ended: WhyEnded

"""What moves the cost of a plan most: records of the sensitivities that were asked for (docs/decisions/0026)."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from catalog.records import Record, Text

MOST_SHOWN = 10
"""Inputs that are shown: those that move the cost most."""


class Varied(StrEnum):
    """What kind of input is moved."""

    DEMAND = "demand"
    """Of a workload, in every month."""
    ON_DEMAND_PRICES = "on_demand_prices"
    """Of all on-demand contracts of a provider."""
    SPOT_PRICES = "spot_prices"
    """Of all spot contracts of a provider."""
    PRICE = "price"
    """Of one contract; of an API all prices of its tokens."""
    GOODPUT = "goodput"
    """Of an accelerator: every measured point, and every claim."""
    CAP = "cap"
    """Of a rule of concentration."""
    FLOOR = "floor"
    """What must still be served after an event."""
    BUDGET = "budget"
    EMERGENCY_SHARE = "emergency_share"
    SPOT_SHARE = "spot_share"
    """Of a workload, or of the policy for all workloads that state none."""
    MIGRATIONS_AT_ONCE = "migrations_at_once"
    SHARE_FLOOR = "share_floor"
    """Least share of a group."""
    OUTSTANDING = "outstanding"
    """Most dollars that may still have to be paid."""
    REMAINING_TERM = "remaining_term"
    """Most months that commitments may on average still run."""
    EXPIRY = "expiry"
    """Most of what is under commitment that may end in a quarter."""
    SOURCES = "sources"
    """How many providers must serve a workload."""
    SOURCE_SHARE = "source_share"
    """From which share of a workload on a provider counts as one of them."""
    SOVEREIGNTY = "sovereignty"
    """Lowest index of the fleet."""
    AUDIT_ANSWERS = "audit_answers"
    """How many of the five answers must be yes."""
    POWER = "power"
    """Most power of a group."""
    CARBON = "carbon"
    """Most emissions of a window."""
    CARBON_PRICE = "carbon_price"
    CHANGE_PRICE = "change_price"
    """What is counted for a dollar of changed orders."""
    CHANGED_VALUE = "changed_value"
    """Most value of orders that may change."""
    CHANGED_ORDERS = "changed_orders"
    """Most orders that may change."""
    WORKLOAD_FLOOR = "workload_floor"
    """What must still be served of one workload after an event: event and workload, with a stroke between them."""
    API_SHARE = "api_share"
    """Share of the rate limits of APIs that may be counted on after an event."""
    USABLE_SHARE = "usable_share"
    DISCOUNT_RATE = "discount_rate"
    BEYOND_HORIZON = "beyond_horizon"
    """Weight of payments for service after the horizon."""
    STOCK = "stock"
    """Of an offering."""
    QUOTA = "quota"
    """Of an offering."""


class EndOutcome(StrEnum):
    """What came of moving an input to one of its ends."""

    SOLVED = "solved"
    IMPOSSIBLE = "impossible"
    """No plan can keep all rules there."""
    REFUSED = "refused"
    """The inputs are no longer a scenario."""
    NOT_SOLVED = "not_solved"
    """Nothing is known: the time was over, or the solver failed."""


class CostMoved(Record):
    """How much more a plan costs at the end of an input than this plan; negative where it costs less.

    The difference of what is least possible lies between the first and the last figure.
    """

    at_least_usd: float
    """Bound there less incumbent here."""
    usd: Decimal
    """Incumbent less incumbent, as found, in whole cents."""
    at_most_usd: float
    """Incumbent there less bound here."""
    distinguishable: bool
    """Whether a sign is proven: the interval does not hold 0, nor come nearer to it than solver and cents can tell."""


class SensitivityEnd(Record):
    """An input at its low or its high end, and what that does."""

    value: Text
    """The value there, or the change where several cells move together."""
    outcome: EndOutcome
    incumbent_usd: float | None = None
    """Objective of the plan found there; None unless solved."""
    bound_usd: float | None = None
    moved: CostMoved | None = None
    """None unless solved."""
    buy_list: Literal["same", "changed"] | None = None
    """What is to be signed or declared; None unless solved."""
    buy_changes: tuple[Text, ...] = ()
    """What changes on it, the dearest first; the last may say how many more there are."""
    reason: Text = ""
    """Why there is no cost."""


class SensitiveInput(Record):
    """One input that was moved to both of its ends while all others stayed as they are."""

    varied: Varied
    of: Text
    """Workload, provider, contract, accelerator, rule, event or offering; blank where there is one only."""
    name: Text
    """What a planner calls it."""
    path: Text
    """The path of the first cell that moves, as `siliconmix whatif` takes it."""
    cells: int = Field(ge=1)
    """How many cells move together."""
    value: Text
    """As it is in this plan; blank where several cells move together."""
    low: SensitivityEnd | None
    """None where there is nothing below."""
    high: SensitivityEnd | None
    """None where there is nothing above."""

    @property
    def ends(self) -> tuple[SensitivityEnd, ...]:
        """Low and high, as far as there are such."""
        return tuple(end for end in (self.low, self.high) if end is not None)

    @property
    def is_impossible_somewhere(self) -> bool:
        """Whether no plan exists at one of its ends."""
        return any(end.outcome is EndOutcome.IMPOSSIBLE for end in self.ends)

    @property
    def largest_usd(self) -> Decimal | None:
        """The larger of what the ends move the cost by, without its sign; None where neither is solved."""
        moved = [abs(end.moved.usd) for end in self.ends if end.moved is not None]
        return max(moved, default=None)


class LeftOut(Record):
    """An input that is not among those shown."""

    varied: Varied
    of: Text
    name: Text
    estimate_usd: float = Field(ge=0)
    """What the plan alone lets expect of it."""
    largest_usd: Decimal | None = None
    """What it was found to move the cost by; None where it was not solved."""
    reason: Text


class SensitivityEnded(StrEnum):
    """Why no more inputs were moved."""

    FINISHED = "finished"
    TIME_LIMIT = "time_limit"
    STOPPED_BY_USER = "stopped_by_user"


class Sensitivity(Record):
    """The inputs that move the cost most, and what else was looked at."""

    inputs: tuple[SensitiveInput, ...]
    """Those without a plan at one end first, then by the larger move of the cost."""
    left_out: tuple[LeftOut, ...]
    """By estimate, the largest first."""
    solves: int = Field(ge=0)
    """Scenarios that were planned for this, besides that of the plan."""
    ended: SensitivityEnded

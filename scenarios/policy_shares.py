"""Lock-in: shares, outstanding commitments, remaining terms, expiries and second sources, as records.

Meanings: docs/decisions/0005 (shares) and 0035 (lock-in).
"""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from catalog.records import Count, Id, Positive, Record, Share, Text, Usd
from contracts.calendar import Month


class ShareMeasure(StrEnum):
    """What a share is a share of (docs/decisions/0005)."""

    TOKENS = "tokens"
    """Served accepted output tokens."""
    SPEND = "spend"
    """Undiscounted effective cost (cash lines only: no penalties, no expected emergency cost)."""
    CAPACITY = "capacity"
    """Node-hours held or used, times the list price of the node-hour."""
    POWER = "power"
    """Node-hours held or used, times the power of a node."""


class Grouping(StrEnum):
    """By which property offerings are grouped."""

    PROVIDER = "provider"
    CHIP_VENDOR = "chip_vendor"
    STACK = "stack"
    FAMILY = "family"
    REGION = "region"
    GEOGRAPHY = "geography"
    CONTRACT = "contract"
    """Contracts and held contracts by their id; of spend, capacity and power only."""
    PORTABILITY = "portability"
    """portable, or not_portable: whether what is served there can be moved within 24 hours."""
    LOCALITY = "locality"
    """cloud, edge or own_site; local stands for the last two together."""


class Window(StrEnum):
    """Over which months a share is taken."""

    MONTH = "month"
    HORIZON = "horizon"


class InMonths(Record):
    """A rule that may hold in some months of the horizon only."""

    first_month: Month | None = None
    """First month in which it holds; blank for the first of the horizon."""
    last_month: Month | None = None
    """Last month in which it holds; blank for the last of the horizon."""

    @model_validator(mode="after")
    def _months_are_in_order(self) -> Self:
        if self.first_month and self.last_month and self.last_month < self.first_month:
            raise ValueError("last_month is before first_month")
        return self

    def holds_in(self, month: Month) -> bool:
        """Whether the rule holds in a month."""
        return (self.first_month or month) <= month <= (self.last_month or month)


def _refuse_tokens_by_contract(measure: ShareMeasure, by: Grouping) -> None:
    if measure is ShareMeasure.TOKENS and by is Grouping.CONTRACT:
        raise ValueError(
            "by contract goes with measure spend, capacity or power: tokens are served by an offering, under no"
            " matter which contract"
        )


class ConcentrationCap(InMonths):
    """No group may hold more than a share."""

    rule: Id
    measure: ShareMeasure
    by: Grouping
    group: str = "*"
    """A group's name, or * for every group."""
    cap_share: Share
    window: Window = Window.MONTH

    @model_validator(mode="after")
    def _tokens_have_no_contract(self) -> Self:
        _refuse_tokens_by_contract(self.measure, self.by)
        return self


class ShareFloor(InMonths):
    """A group must hold at least a share."""

    rule: Id
    measure: ShareMeasure
    by: Grouping
    group: Text
    """The group's name."""
    floor_share: Share
    window: Window = Window.MONTH

    @model_validator(mode="after")
    def _is_of_one_group_with_an_amount(self) -> Self:
        _refuse_tokens_by_contract(self.measure, self.by)
        if self.group in ("", "*"):
            raise ValueError("group of a floor names one group; write a floor for each of several")
        return self


class OutstandingCap(InMonths):
    """Most that may still have to be paid, after any month, under commitments that cannot be left."""

    rule: Id
    provider: Text = ""
    """A provider, * for each provider by itself, or blank for all of them together."""
    limit_usd: Usd
    """Most that may still have to be paid after a month."""


class RemainingTermCap(InMonths):
    """Most months that commitments may on average still run, on the first day of any month."""

    rule: Id
    provider: Text = ""
    """A provider, * for each provider by itself, or blank for all of them together."""
    limit_months: Positive
    """Average over nodes under commitment, weighed with their list price."""


class ExpiryCap(InMonths):
    """Most of what is under commitment when a quarter begins that may end in that quarter."""

    rule: Id
    cap_share: Share
    """Share of nodes under commitment, weighed with their list price."""


class SourcingRule(InMonths):
    """A critical workload is served by several providers in every month, each with a part worth the name."""

    rule: Id
    workload: Id
    providers_at_least: Count
    share_at_least: float = Field(default=0.05, gt=0.0, le=1.0, allow_inf_nan=False)
    """Share of the workload's tokens of a month from which on a provider counts."""

    @model_validator(mode="after")
    def _parts_fit_into_the_whole(self) -> Self:
        if self.providers_at_least * self.share_at_least > 1 + 1e-9:
            raise ValueError(
                f"providers_at_least {self.providers_at_least} times share_at_least {self.share_at_least:g} is more"
                " than all of the workload"
            )
        return self

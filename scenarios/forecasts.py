"""Forecasts of demand with quantiles and growth, and dates of models (docs/decisions/0028)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import Id, NonNegative, Record, Text
from contracts.calendar import Month

Growth = Annotated[float, Field(gt=-1.0, allow_inf_nan=False)]


class Measure(StrEnum):
    """What a forecast counts."""

    ACCEPTED_OUTPUT_MTOK = "accepted_output_mtok"
    """Millions of accepted output tokens in the month."""
    ACCEPTED_REQUESTS_PER_S = "accepted_requests_per_s"
    """Mean rate of accepted requests over the month."""


class Quantile(StrEnum):
    """The value that demand falls below with a chance of 10, 50 or 90 per cent."""

    P10 = "p10"
    P50 = "p50"
    P90 = "p90"


class ForecastOutlooks(StrEnum):
    """Which outlooks are made of the quantiles of forecasts."""

    NONE = "none"
    """None: all outlooks see P50."""
    JOINT = "joint"
    """Three: all workloads are at the same quantile."""
    APART = "apart"
    """Every combination: each uncertain workload is at its own quantile."""


class QuantileRule(StrEnum):
    """Chances of the futures at P10, P50 and P90."""

    SWANSON = "30-40-30"
    """The extended Swanson-Megill rule (Keefer and Bodily 1983)."""
    SHORTCUT = "25-50-25"
    """McNamee and Celona 1990."""

    def chance_of(self, quantile: Quantile) -> float:
        """The probability of the future at a quantile.

        >>> [QuantileRule.SWANSON.chance_of(quantile) for quantile in Quantile]
        [0.3, 0.4, 0.3]
        """
        percents = self.value.split("-")
        return int(percents[list(Quantile).index(quantile)]) / 100


class Forecast(Record):
    """What a workload is expected to ask in a month, and in those after it where growth is stated."""

    workload: Id
    month: Month
    measure: Measure
    """What the quantiles count: accepted output tokens of the month in millions, or accepted requests per second."""
    p10: NonNegative | None = None
    """Demand is below this with a chance of 10 %; blank, with `p90`: the forecast is certain."""
    p50: NonNegative
    """Demand is as likely above as below this."""
    p90: NonNegative | None = None
    """Demand is below this with a chance of 90 %."""
    p50_growth_share_per_month: Growth | None = None
    """Growth from each month to the next until the workload's next row; blank: the row is for its month alone."""
    p10_growth_share_per_month: Growth | None = None
    """The same of P10; blank: as P50."""
    p90_growth_share_per_month: Growth | None = None
    """The same of P90; blank: as P50."""
    source: Text = ""
    """Who made the forecast, and when."""

    @model_validator(mode="after")
    def _quantiles_belong_together(self) -> Self:
        if (self.p10 is None) != (self.p90 is None):
            raise ValueError("give p10 and p90, or neither")
        of_the_ends = (self.p10_growth_share_per_month, self.p90_growth_share_per_month)
        if of_the_ends != (None, None) and (self.p10 is None or not self.carries_on):
            raise ValueError("growth of p10 or p90 needs p10, p90 and p50_growth_share_per_month")
        return self

    @property
    def carries_on(self) -> bool:
        """Whether the row says something of the months after it."""
        return self.p50_growth_share_per_month is not None

    def in_month(self, month: Month) -> "Quantiles":
        """The quantiles of a month, the row's own or a later one."""
        months = month - self.month
        growth = self.p50_growth_share_per_month or 0.0

        def grown(value: float | None, own: float | None) -> float:
            stated = self.p50 if value is None else value
            return stated * (1.0 + (growth if own is None else own)) ** months

        return Quantiles(
            p10=grown(self.p10, self.p10_growth_share_per_month),
            p50=grown(self.p50, None),
            p90=grown(self.p90, self.p90_growth_share_per_month),
        )


class ModelDates(Record):
    """When a model begins and ceases to be served."""

    model: Id
    launch_date: date | None = None
    """The first day on which it is served; blank: before the horizon."""
    retirement_date: date | None = None
    """The first day on which it is no longer served; blank: after the horizon."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.launch_date is None and self.retirement_date is None:
            raise ValueError("give launch_date, retirement_date or both")
        if self.launch_date and self.retirement_date and self.launch_date >= self.retirement_date:
            raise ValueError("launch_date must be before retirement_date")
        return self

    def in_service_share(self, month: Month) -> float:
        """Share of the month's days on which the model is served.

        >>> ModelDates(model="m", launch_date=date(2027, 4, 16)).in_service_share(Month(2027, 4))
        0.5
        """
        start, end = month.first_day, (month + 1).first_day
        first = max(start, self.launch_date or start)
        last = min(end, self.retirement_date or end)
        return max(0, (last - first).days) / (end - start).days


@dataclass(frozen=True, slots=True)
class Quantiles:
    """A month's demand at P10, P50 and P90, in the measure of its forecast."""

    p10: float
    p50: float
    p90: float

    def at(self, quantile: Quantile) -> float:
        """One of the three."""
        return {Quantile.P10: self.p10, Quantile.P50: self.p50, Quantile.P90: self.p90}[quantile]

    @property
    def rise(self) -> bool:
        """Whether they are in order; equal ones are."""
        return self.p10 <= self.p50 <= self.p90

    @property
    def is_certain(self) -> bool:
        """Whether all three are the same."""
        return self.p10 == self.p90


@dataclass(frozen=True, slots=True)
class ForecastMonth:
    """A month of a workload, as its forecast and the dates of its model have it."""

    row: Forecast
    """The row that says it: its own, or the last before it that carries on."""
    month: Month
    quantiles: Quantiles
    """With the model in service for the whole month."""
    in_service_share: float
    """Share of the month's days on which the model is served; demand is a quantile times this."""


def forecast_months(
    rows: Sequence[Forecast], dates: ModelDates | None, months: Sequence[Month]
) -> Iterator[ForecastMonth]:
    """The months of one workload of which its rows say something, in order."""
    ordered = sorted(rows, key=lambda row: row.month)
    for month in months:
        row = next((row for row in reversed(ordered) if row.month <= month), None)
        if row is not None and (row.month == month or row.carries_on):
            share = 1.0 if dates is None else dates.in_service_share(month)
            yield ForecastMonth(row, month, row.in_month(month), share)

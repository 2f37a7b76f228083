"""Forecasts -> demand of every month, and outlooks with the factors of their quantiles (docs/decisions/0028)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

from contracts.calendar import Month
from scenarios.forecasts import (
    Forecast,
    ForecastMonth,
    ForecastOutlooks,
    Measure,
    ModelDates,
    Quantile,
    QuantileRule,
    forecast_months,
)
from scenarios.outlooks import Effect, Outlook, OutlookEffect, Subject
from scenarios.workloads import Demand, Workload

MOST_APART = 3
"""Workloads that can be uncertain apart: 27 outlooks."""
Levels = Mapping[str, Quantile]
"""The quantile of each uncertain workload in an outlook."""


@dataclass(frozen=True)
class Forecasts:
    """What the forecasts of a scenario come to, month by month."""

    by_workload: Mapping[str, tuple[ForecastMonth, ...]]
    outlooks: ForecastOutlooks
    rule: QuantileRule

    @cached_property
    def demand(self) -> tuple[Demand, ...]:
        """P50 of every month, for the share of it in which the model is in service."""
        return tuple(
            _demand(each, each.quantiles.p50 * each.in_service_share)
            for months in self.by_workload.values()
            for each in months
        )

    @cached_property
    def uncertain(self) -> tuple[str, ...]:
        """Workloads whose quantiles differ in some month, by name."""
        return tuple(
            workload
            for workload, months in sorted(self.by_workload.items())
            if not all(each.quantiles.is_certain for each in months)
        )

    @property
    def too_many(self) -> bool:
        """Whether more workloads are uncertain apart than outlooks can be made of."""
        return self.outlooks is ForecastOutlooks.APART and len(self.uncertain) > MOST_APART

    @cached_property
    def outlooks_made(self) -> tuple[Outlook, ...]:
        """Outlooks with their chances, as asked for; none where no workload is uncertain."""
        return tuple(self._outlook(name, levels) for name, levels in self._levels())

    @cached_property
    def effects_made(self) -> tuple[OutlookEffect, ...]:
        """Factors on demand in the outlooks that are made, from P50 to the quantile of the outlook."""
        return tuple(
            effect
            for name, levels in self._levels()
            for workload, quantile in levels.items()
            for effect in _effects(name, workload, quantile, self.by_workload[workload])
        )

    def _levels(self) -> Iterator[tuple[str, Levels]]:
        if not self.uncertain or self.outlooks is ForecastOutlooks.NONE:
            return
        if self.outlooks is ForecastOutlooks.JOINT:
            for quantile in Quantile:
                yield quantile.value, dict.fromkeys(self.uncertain, quantile)
            return
        for quantiles in product(Quantile, repeat=len(self.uncertain)):
            name = "-".join(quantile.value for quantile in quantiles)
            yield name, dict(zip(self.uncertain, quantiles, strict=True))

    def _outlook(self, name: str, levels: Levels) -> Outlook:
        apart = self.outlooks is ForecastOutlooks.APART
        chances = [self.rule.chance_of(quantile) for quantile in levels.values()]
        return Outlook(
            outlook=name,
            probability=prod(chances) if apart else chances[0],
            description=f"Demand {_in_words(levels) if apart else f'of all forecasts at {name.upper()}'}.",
        )


def forecasts_of(
    rows: Iterable[Forecast],
    dates: Iterable[ModelDates],
    workloads: Iterable[Workload],
    months: Sequence[Month],
    *,
    outlooks: ForecastOutlooks,
    rule: QuantileRule,
) -> Forecasts:
    """Months of every workload that has a forecast, by name of the workload."""
    by_workload: dict[str, list[Forecast]] = defaultdict(list)
    for row in rows:
        by_workload[row.workload].append(row)
    model_of = {row.workload: row.model for row in workloads}
    dates_of = {row.model: row for row in dates}
    return Forecasts(
        {
            workload: tuple(forecast_months(stated, dates_of.get(model_of.get(workload, "")), months))
            for workload, stated in sorted(by_workload.items())
        },
        outlooks,
        rule,
    )


def with_forecasts(typed: Sequence[Demand], forecasts: Forecasts) -> tuple[Demand, ...]:
    """Demand of all workloads, by workload and month."""
    return tuple(sorted((*typed, *forecasts.demand), key=lambda row: (row.workload, row.month)))


def with_effects_made(typed: Sequence[OutlookEffect], forecasts: Forecasts) -> tuple[OutlookEffect, ...]:
    """All effects, by their keys and months; what is blank holds from the start."""

    def order(row: OutlookEffect) -> tuple[tuple[str, str, str, str], bool, str]:
        return row.key, row.first_month is not None, str(row.first_month)

    return tuple(sorted((*typed, *forecasts.effects_made), key=order))


def _in_words(levels: Levels) -> str:
    return ", ".join(f"of {workload} at {quantile.upper()}" for workload, quantile in levels.items())


def _demand(each: ForecastMonth, amount: float) -> Demand:
    in_mtok = each.row.measure is Measure.ACCEPTED_OUTPUT_MTOK
    return Demand(
        workload=each.row.workload,
        month=each.month,
        accepted_output_mtok=amount if in_mtok else None,
        accepted_requests_per_s=None if in_mtok else amount,
    )


def _effects(
    outlook: str, workload: str, quantile: Quantile, months: Sequence[ForecastMonth]
) -> Iterator[OutlookEffect]:
    """A row where the factor changes; a month in which nothing is asked has no factor of its own."""
    before = 1.0
    for each in months if quantile is not Quantile.P50 else ():
        factor = each.quantiles.at(quantile) / each.quantiles.p50 if each.quantiles.p50 else before
        if factor != before:
            yield OutlookEffect(
                outlook=outlook,
                effect=Effect.DEMAND,
                of=Subject.WORKLOAD,
                name=workload,
                first_month=each.month,
                value=factor,
            )
        before = factor

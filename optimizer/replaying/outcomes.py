"""Steps of a replay -> the record that is published (docs/decisions/0033)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from contracts.calendar import HOURS_PER_WEEK
from contracts.money import to_cents
from contracts.terms.common import Nature
from optimizer.costing import SECONDS_PER_HOUR, TOKENS_PER_MTOK
from optimizer.keys import ClassKey, PoolKey
from optimizer.replaying.billing import Billed
from optimizer.replaying.dispatch import MonthServed
from optimizer.replaying.hour import HourChosen, fullest_hour, simulated
from optimizer.replaying.records import (
    KEPT_MISSED_SHARE,
    Around,
    HoursFrom,
    MonthBilled,
    NatureBilled,
    PoolOutcome,
    Replay,
    SimulatedHour,
    Step,
    StepOutcome,
    TracedClass,
    TracedWorkload,
    WorkloadOutcome,
)
from optimizer.replaying.replay import Replayed, Replayer, ladder
from optimizer.replaying.traced import Traced

Floats = NDArray[np.float64]

A_MISS_SHARE = 1e-6
"""An hour in which no more is missed does not count."""
NANO = Decimal("1e-9")
"""Parts of a bill are published to nine decimals, so that they add up to its cents."""
TOLD_TOK_PER_S = 1e-6
"""In an hour with no more above the usable share, headroom is left."""


def replay(
    replayer: Replayer,
    traced: Traced,
    *,
    choose_hour: Callable[[Replayer, Replayed], HourChosen] | None = fullest_hour,
    around: Around = Around.BUSIEST,
    most_requests: int,
    part_done: Callable[[str], None],
) -> Replay:
    """The whole replay. `choose_hour`: the hour that is simulated request by request; None for no simulation."""
    part_done("hours")
    steps = ladder(replayer, traced)
    last = steps[-1]
    hour: SimulatedHour | None = None
    if choose_hour is not None:
        chosen = choose_hour(replayer, last)
        part_done("requests")
        hour = simulated(replayer, last, traced, chosen, around=around, most_requests=most_requests)
    planned, plan = replayer.planned(), replayer.plan
    asked = {step.step: _asked_mtok(step.months) for step in steps}
    return Replay(
        scenario=plan.scenario.scenario,
        plan_fingerprint=plan.fingerprint,
        siliconmix=plan.versions.siliconmix,
        order_date=plan.scenario.run.order_date,
        outlook=replayer.outlook,
        traces=tuple(_traced_workloads(replayer, traced)),
        classes=tuple(_traced_classes(replayer, traced)),
        ladder=(
            StepOutcome(
                step=Step.PLAN,
                effective_usd=planned.total_usd,
                penalty_usd=planned.penalty_usd,
                asked_mtok=asked[Step.BILLING_ORDER],
                missed_mtok=0.0,
                squeezed_mtok=0.0,
            ),
            *(_step(step, asked[step.step]) for step in steps),
        ),
        workloads=tuple(_workloads(last.months)),
        pools=tuple(_pools(replayer, last.months)),
        natures=tuple(_natures(planned, last.bill)),
        months=tuple(_months(planned, last)),
        simulated=hour,
        notes=(*traced.notes, *_notes(replayer)),
    )


def _notes(replayer: Replayer) -> Iterator[str]:
    unknown = replayer.node_times.not_told_apart
    if unknown:
        named = ", ".join(f"{key.workload} {key.size_class} on {offering}" for key, offering in unknown[:5])
        yield (
            f"prefill and decode of {len(unknown)} pairs could not be told apart at their sizes; other sizes count "
            f"half by input and half by output: {named}{' ...' if len(unknown) > 5 else ''}"
        )


def _mtok(rate: Floats) -> float:
    """Millions of tokens of a rate in tok/s by hour."""
    return float(rate.sum()) * SECONDS_PER_HOUR / TOKENS_PER_MTOK


def _asked_mtok(months: Sequence[MonthServed]) -> float:
    return sum(_mtok(rate) for month in months for rate in month.asked.values())


def _step(step: Replayed, asked_mtok: float) -> StepOutcome:
    return StepOutcome(
        step=step.step,
        effective_usd=step.bill.total_usd,
        penalty_usd=step.bill.penalty_usd,
        asked_mtok=asked_mtok,
        missed_mtok=sum(_mtok(rate) for month in step.months for rate in month.missed.values()),
        squeezed_mtok=sum(_mtok(rate) for month in step.months for rate in month.squeezed.values()),
    )


def _traced_workloads(replayer: Replayer, traced: Traced) -> Iterator[TracedWorkload]:
    for workload in sorted(replayer.problem.workload):
        sizes = traced.sizes.get(workload)
        hours_from = HoursFrom.PROFILE
        if workload in traced.hours:
            hours_from = HoursFrom.SERIES if workload in traced.series else HoursFrom.TRACE
        yield TracedWorkload(
            workload=workload,
            trace=traced.sources.get(workload, ""),
            requests=0 if sizes is None else len(sizes.class_of_request),
            hours_from=hours_from,
            weeks=len(traced.hours.get(workload, range(HOURS_PER_WEEK))) // HOURS_PER_WEEK,
        )


def _traced_classes(replayer: Replayer, traced: Traced) -> Iterator[TracedClass]:
    now = replayer.classes(traced.sizes)
    for key, own in replayer.problem.size_class.items():
        row = now.get(key)
        yield TracedClass(
            workload=key.workload,
            size_class=key.size_class,
            planned_request_share=own.request_share,
            traced_request_share=0.0 if row is None else row.request_share,
            planned_input_tokens=own.input_tokens,
            traced_input_tokens=0.0 if row is None else row.input_tokens,
            planned_output_tokens=own.output_tokens,
            traced_output_tokens=0.0 if row is None else row.output_tokens,
        )


def _workloads(months: Sequence[MonthServed]) -> Iterator[WorkloadOutcome]:
    names = sorted({key.workload for month in months for key in month.missed})
    for workload in names:
        yield _workload(months, workload)


def _workload(months: Sequence[MonthServed], workload: str) -> WorkloadOutcome:
    def of(flows: Mapping[tuple[ClassKey, PoolKey], Floats]) -> float:
        return sum(_mtok(rate) for (key, _), rate in flows.items() if key.workload == workload)

    def alone(rates: Mapping[ClassKey, Floats]) -> float:
        return sum(_mtok(rate) for key, rate in rates.items() if key.workload == workload)

    by_token = sum(_mtok(rate) for m in months for (key, _, _), rate in m.by_token.items() if key.workload == workload)
    asked = sum(alone(m.asked) for m in months)
    missed = sum(alone(m.missed) for m in months)
    hours, worst, worst_share = _missed_hours(months, workload)
    return WorkloadOutcome(
        workload=workload,
        asked_mtok=asked,
        as_planned_mtok=sum(of(m.planned) for m in months) + by_token,
        moved_mtok=sum(of(m.moved) for m in months),
        rented_more_mtok=sum(of(m.rented_more) for m in months),
        squeezed_mtok=sum(of(m.squeezed) for m in months),
        planned_shortfall_mtok=sum(alone(m.planned_shortfall) for m in months),
        missed_mtok=missed,
        missed_hours=hours,
        worst_hour=worst,
        worst_hour_missed_share=worst_share,
        kept=missed <= KEPT_MISSED_SHARE * asked,
    )


def _missed_hours(months: Sequence[MonthServed], workload: str) -> tuple[int, str, float]:
    """Hours with a miss, the worst one and its missed share."""
    count, worst, worst_share = 0, "", 0.0
    for month in months:
        asked, missed = np.zeros(month.hours.count), np.zeros(month.hours.count)
        for key, rate in month.asked.items():
            if key.workload == workload:
                asked += rate
                missed += month.missed.get(key, 0.0)
        share = np.divide(missed, asked, out=np.zeros_like(missed), where=asked > 0)
        count += int((share > A_MISS_SHARE).sum())
        h = int(np.argmax(share))
        if share[h] > max(worst_share, A_MISS_SHARE):
            worst, worst_share = month.hours.name(h), float(share[h])
    return count, worst, worst_share


def _pools(replayer: Replayer, months: Sequence[MonthServed]) -> Iterator[PoolOutcome]:
    for pool in replayer.problem.pools:
        paid = rented = planned = busy = idle = 0.0
        full = 0
        for month in months:
            there = replayer.fleet.months[month.hours.t][pool]
            productive = {(row.contract, row.order): row.productive_share for row in there.rentable}
            hourly = month.rented.get(pool, {})
            rented += sum(float(nodes.sum()) * productive[contract] for contract, nodes in hourly.items())
            planned += float(there.planned_rent(month.hours.block).sum())
            paid += there.paid_nodes * month.hours.count
            busy += float(month.busy_nodes[pool].sum())
            idle += float(np.maximum(0.0, there.paid_nodes - month.busy_nodes[pool]).sum())
            full += _full_hours(month, pool)
        if paid or rented or planned:
            yield PoolOutcome(
                offering=pool.offering,
                pool=pool.pool,
                paid_node_hours=paid,
                rented_node_hours=rented,
                planned_rented_node_hours=planned,
                busy_node_hours=busy,
                idle_node_hours=idle,
                full_hours=full,
            )


def _full_hours(month: MonthServed, pool: PoolKey) -> int:
    squeezed = np.zeros(month.hours.count)
    for (_, own), rate in month.squeezed.items():
        if own == pool:
            squeezed += rate
    return int((squeezed > TOLD_TOK_PER_S).sum())


def _natures(planned: Billed, replayed: Billed) -> Iterator[NatureBilled]:
    nothing = Decimal(0)
    for nature in Nature:
        before, after = planned.effective_usd.get(nature, nothing), replayed.effective_usd.get(nature, nothing)
        if nature.is_cash and (before or after):
            yield NatureBilled(nature=nature, planned_usd=before.quantize(NANO), replayed_usd=after.quantize(NANO))


def _months(planned: Billed, last: Replayed) -> Iterator[MonthBilled]:
    for month in last.months:
        yield MonthBilled(
            month=month.hours.month,
            planned_usd=to_cents(planned.cash_usd[month.hours.month]),
            replayed_usd=to_cents(last.bill.cash_usd[month.hours.month]),
            asked_mtok=sum(_mtok(rate) for rate in month.asked.values()),
            missed_mtok=sum(_mtok(rate) for rate in month.missed.values()),
        )

"""One hour request by request: arrivals, routes drawn by the hour's shares, a queue for each group of replicas."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from optimizer.keys import ClassKey, PoolKey
from optimizer.plan import Pool
from optimizer.replaying.attempts import MINUTES_PER_HOUR, Attempts, by_chance, expected_by_minute, multiplied
from optimizer.replaying.dispatch import MonthServed
from optimizer.replaying.groups import Part, divided, group_of, set_up
from optimizer.replaying.records import Around, SimulatedHour
from optimizer.replaying.replay import Replayed, Replayer
from optimizer.replaying.simulation import Simulation, Stream, Stretch
from optimizer.replaying.traced import Traced
from scenarios.workloads import SizeClass


@dataclass(frozen=True, slots=True)
class HourChosen:
    """An hour of the horizon: the index of its month, and of the hour in it."""

    t: int
    h: int
    fullest: bool


def fullest_hour(replayer: Replayer, replayed: Replayed) -> HourChosen:
    """Most tokens squeezed in or missed, then the largest busy / there over all base pools; the first of equals."""
    best, found = (-1.0, -1.0), HourChosen(0, 0, True)
    for month in replayed.months:
        hurt = sum(
            (rate for rates in (month.squeezed, month.missed) for rate in rates.values()), np.zeros(month.hours.count)
        )
        busy, there = np.zeros(month.hours.count), np.zeros(month.hours.count)
        for pool, row in replayer.fleet.months[month.hours.t].items():
            if pool.pool is Pool.BASE:
                busy += month.busy_nodes[pool]
                there += np.maximum(row.paid_nodes, month.busy_nodes[pool])
        full = np.divide(busy, there, out=np.zeros_like(busy), where=there > 0)
        for h in np.lexsort((-full, -hurt))[:1].tolist():
            rank = (round(float(hurt[h]), 6), round(float(full[h]), 9))
            if rank > best:
                best, found = rank, HourChosen(month.hours.t, h, True)
    return found


def named_hour(replayer: Replayer, name: str) -> HourChosen:
    """The hour YYYY-MM-DDTHH of the horizon; ValueError where it is none."""
    for month in replayer.months:
        for h in range(month.count):
            if month.name(h) == name:
                return HourChosen(month.t, h, False)
    first, last = replayer.months[0], replayer.months[-1]
    raise ValueError(
        f"{name} is no hour of the plan; expected YYYY-MM-DDTHH from {first.name(0)} to {last.name(last.count - 1)}"
    )


def simulated(
    replayer: Replayer,
    replayed: Replayed,
    traced: Traced,
    chosen: HourChosen,
    *,
    around: Around = Around.BUSIEST,
    most_requests: int,
) -> SimulatedHour:
    """Simulate a stretch of an hour, around its busiest or its median minute."""
    month = replayed.months[chosen.t]
    problem, h = replayer.problem, chosen.h
    random = np.random.default_rng(problem.scenario.run.seed)
    classes = replayer.classes(traced.sizes)
    rates = _attempt_rates(replayer, month, classes, h)
    stretch = _stretch(traced, rates, around, most_requests)
    streams = [
        Stream(
            problem.workload[w],
            tuple(key for key in classes if key.workload == w),
            _attempts(traced, classes, w, rate, stretch, random),
            _missed_share(month, w, h),
        )
        for w, rate in sorted(rates.items())
    ]
    parts = set_up(problem, _parts(replayer, month, classes, h))
    replicas = divided(problem, parts, _nodes_there(replayer, month, h))
    run = Simulation(replayer, parts, _by_token(month, h), replicas, stretch, chosen.t, random)
    outcomes = run.of(streams)
    return SimulatedHour(
        hour=replayer.months[chosen.t].name(h),
        fullest=chosen.fullest,
        around=around,
        first_minute=stretch.first_minute,
        seconds=stretch.seconds,
        seed=problem.scenario.run.seed,
        attempts=sum(len(stream.attempts.seconds) for stream in streams),
        missed_share=_missed_share(month, None, h),
        workloads=outcomes,
        groups=run.loads(),
    )


def _attempt_rates(
    replayer: Replayer, month: MonthServed, classes: Mapping[ClassKey, SizeClass], h: int
) -> dict[str, float]:
    """Attempts per second of each workload that are served somewhere in the hour."""
    found: dict[str, float] = defaultdict(float)
    problem = replayer.problem
    served = [
        (key, rate, problem.scenario.outcomes(key.workload, pool.offering).yield_share)
        for (key, pool), rate in month.on_nodes().items()
    ]
    served += [(key, rate, problem.workload[key.workload].yield_share) for (key, _, _), rate in month.by_token.items()]
    for key, rate, yield_share in served:
        found[key.workload] += float(rate[h]) / classes[key].output_tokens / yield_share
    return {w: rate for w, rate in found.items() if rate > 0}


def _missed_share(month: MonthServed, workload: str | None, h: int) -> float:
    missed = sum(float(rate[h]) for key, rate in month.missed.items() if workload in (None, key.workload))
    served = sum(float(rate[h]) for (key, _), rate in month.on_nodes().items() if workload in (None, key.workload))
    served += sum(float(rate[h]) for (key, _, _), rate in month.by_token.items() if workload in (None, key.workload))
    return missed / (missed + served) if missed > 0 else 0.0


def _stretch(traced: Traced, rates: Mapping[str, float], around: Around, most_requests: int) -> Stretch:
    """As many minutes as hold at most so many attempts, around the one that is asked; or the first seconds of that."""
    expected = sum(
        (expected_by_minute(traced.arrivals.get(w), rate) for w, rate in rates.items()), np.zeros(MINUTES_PER_HOUR)
    )
    ascending = np.argsort(expected, kind="stable")
    begin = int(ascending[-1] if around is Around.BUSIEST else ascending[MINUTES_PER_HOUR // 2])
    first, end = begin, begin + 1
    if expected[begin] > most_requests:
        return Stretch(begin, max(1, int(60 * most_requests / expected[begin])))
    while True:
        before = float(expected[first - 1]) if first > 0 else -1.0
        after = float(expected[end]) if end < MINUTES_PER_HOUR else -1.0
        more = max(before, after)
        if more < 0 or expected[first:end].sum() + more > most_requests:
            return Stretch(first, 60 * (end - first))
        first, end = (first - 1, end) if before >= after else (first, end + 1)


def _attempts(
    traced: Traced,
    classes: Mapping[ClassKey, SizeClass],
    workload: str,
    rate: float,
    stretch: Stretch,
    random: np.random.Generator,
) -> Attempts:
    if workload in traced.arrivals:
        found = multiplied(traced.arrivals[workload], rate, stretch.minutes, random)
    else:
        rows = tuple(row for key, row in classes.items() if key.workload == workload)
        found = by_chance(rows, rate, stretch.minutes, random)
    return found.between(stretch.first_s, stretch.first_s + stretch.seconds)


def _parts(replayer: Replayer, month: MonthServed, classes: Mapping[ClassKey, SizeClass], h: int) -> list[Part]:
    """What each group serves in the hour; what is squeezed in counts with its headroom, too."""
    busy = replayer.busy(month.hours.t, classes)
    found = []
    for (key, pool), rate in sorted(month.on_nodes().items()):
        tok_per_s = float(rate[h])
        nodes = tok_per_s * float(busy.nodes[key, pool.offering][month.hours.block[h]])
        if nodes > 0:
            found.append(Part(key, group_of(replayer.problem, key, pool), tok_per_s, nodes))
    return found


def _by_token(month: MonthServed, h: int) -> dict[ClassKey, dict[str, float]]:
    found: dict[ClassKey, dict[str, float]] = defaultdict(dict)
    for (key, api, _), rate in month.by_token.items():
        if rate[h] > 0:
            found[key][api] = found[key].get(api, 0.0) + float(rate[h])
    return found


def _nodes_there(replayer: Replayer, month: MonthServed, h: int) -> dict[PoolKey, float]:
    """Productive nodes that are there: paid ones, and rented ones as whole nodes."""
    found = {}
    for pool, row in replayer.fleet.months[month.hours.t].items():
        productive = {(r.contract, r.order): r.productive_share for r in row.rentable}
        rented = sum(
            ceil(float(nodes[h]) - 1e-6) * productive[contract]
            for contract, nodes in month.rented.get(pool, {}).items()
        )
        found[pool] = row.paid_nodes + rented
    return found

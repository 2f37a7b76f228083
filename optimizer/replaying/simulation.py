"""Attempts of an hour through the queues of its groups: routes are drawn, replicas serve first come first served."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from optimizer.keys import ClassKey
from optimizer.replaying.attempts import Attempts
from optimizer.replaying.groups import Group, Part, Replicas, replicas_per_node, serving_of
from optimizer.replaying.queueing import queued
from optimizer.replaying.records import GroupLoad, Spread, WorkloadLatency
from optimizer.replaying.replay import Replayer
from scenarios.workloads import Workload

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

WARM_UP_SHARE = 0.1
"""Of the simulated time; not counted."""
SAME = 1e-9


@dataclass(frozen=True)
class Stream:
    """The attempts of one workload that are simulated, and what is known of it in the hour."""

    workload: Workload
    keys: tuple[ClassKey, ...]
    attempts: Attempts
    missed_share: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of an hour that is simulated."""

    first_minute: int
    seconds: int

    @property
    def first_s(self) -> float:
        """Seconds of the hour at which it begins."""
        return 60.0 * self.first_minute

    @property
    def minutes(self) -> range:
        """Minutes of the hour in which it lies."""
        return range(self.first_minute, self.first_minute + ceil(self.seconds / 60))


class Simulation:
    """Routes of one hour, and what became of the attempts that took them."""

    def __init__(
        self,
        replayer: Replayer,
        parts: Sequence[Part],
        by_token: Mapping[ClassKey, Mapping[str, float]],
        replicas: Mapping[Group, Replicas],
        stretch: Stretch,
        t: int,
        random: np.random.Generator,
    ) -> None:
        self._replayer, self._replicas, self._t, self._random = replayer, replicas, t, random
        self._groups = sorted(replicas)
        self._apis = sorted({api for apis in by_token.values() for api in apis})
        self._shares = self._drawn_from(parts, by_token)
        self._counted_from_s = stretch.first_s + WARM_UP_SHARE * stretch.seconds
        self._length_s = float(stretch.seconds)
        self._loads: list[GroupLoad] = []

    def _drawn_from(
        self, parts: Sequence[Part], by_token: Mapping[ClassKey, Mapping[str, float]]
    ) -> dict[ClassKey, Floats]:
        """Shares of each class by group, then by API."""
        place = {group: index for index, group in enumerate(self._groups)}
        shares: dict[ClassKey, Floats] = defaultdict(lambda: np.zeros(len(self._groups) + len(self._apis)))
        for part in parts:
            shares[part.key][place[part.group]] += part.tok_per_s
        for key, apis in by_token.items():
            for api, rate in apis.items():
                shares[key][len(self._groups) + self._apis.index(api)] += rate
        return {key: row / row.sum() for key, row in shares.items() if row.sum() > 0}

    def of(self, streams: Sequence[Stream]) -> tuple[WorkloadLatency, ...]:
        """Draw routes, serve every group, and gather the latencies of each workload."""
        seconds = np.concatenate([stream.attempts.seconds for stream in streams])
        stream_of = np.concatenate([np.full(len(s.attempts.seconds), i) for i, s in enumerate(streams)])
        route = np.concatenate([self._routes(stream) for stream in streams])
        wait_s, ttft_ms, tpot_ms = np.zeros(len(seconds)), np.zeros(len(seconds)), np.zeros(len(seconds))
        service_s = self._service(streams, route, ttft_ms, tpot_ms)
        for index, group in enumerate(self._groups):
            rows = np.flatnonzero(route == index)
            rows = rows[np.argsort(seconds[rows], kind="stable")]
            outcome = queued(seconds[rows].tolist(), service_s[rows].tolist(), self._replicas[group].replicas)
            wait_s[rows] = outcome.wait_s
            self._loads.append(self._load(group, len(rows), outcome.busy_s, outcome.longest_queue))
        counted = seconds >= self._counted_from_s
        return tuple(
            _latency(stream, wait_s[mine], ttft_ms[mine], tpot_ms[mine])
            for i, stream in enumerate(streams)
            for mine in (counted & (stream_of == i),)
            if mine.any()
        )

    def loads(self) -> tuple[GroupLoad, ...]:
        """Of every group, after `of`."""
        return tuple(self._loads)

    def _routes(self, stream: Stream) -> Wholes:
        chosen = np.zeros(len(stream.attempts.seconds), dtype=np.int64)
        for index, key in enumerate(stream.keys):
            rows = np.flatnonzero(stream.attempts.size_class == index)
            if len(rows):
                shares = self._shares[key]
                chosen[rows] = self._random.choice(len(shares), size=len(rows), p=shares)
        return chosen

    def _service(self, streams: Sequence[Stream], route: Wholes, ttft_ms: Floats, tpot_ms: Floats) -> Floats:
        """Replica-seconds of every attempt; TTFT and TPOT without the wait are filled in."""
        service = np.zeros(len(route))
        begin = 0
        for stream in streams:
            end = begin + len(stream.attempts.seconds)
            mine = slice(begin, end)
            for index, key in enumerate(stream.keys):
                of_class = stream.attempts.size_class == index
                for place in np.unique(route[mine][of_class]).tolist():
                    rows = begin + np.flatnonzero(of_class & (route[mine] == place))
                    at = self._at(key, place)
                    ttft_ms[rows], tpot_ms[rows] = at.ttft_ms, at.tpot_ms
                    inputs = stream.attempts.input_tokens[rows - begin]
                    outputs = stream.attempts.output_tokens[rows - begin]
                    service[rows] = at.per_input * inputs + at.per_output * outputs
            begin = end
        return service

    def _at(self, key: ClassKey, place: int) -> "_At":
        problem = self._replayer.problem
        if place >= len(self._groups):
            offer = problem.token_offers.offer[self._apis[place - len(self._groups)]]
            factor = problem.token_offers.percentile_factor(offer, problem.workload[key.workload])
            return _At(0.0, 0.0, offer.ttft_ms * factor, offer.tpot_ms * factor)
        group = self._groups[place]
        own, row = problem.size_class[key], serving_of(problem, key, group.pool)
        factor = problem.goodput_factor[group.pool.offering, self._t, self._replayer.outlook]
        seconds = row.node_seconds_per_attempt * replicas_per_node(problem, group) / factor
        prefill = self._replayer.node_times.shares[key, group.pool.offering]
        return _At(
            per_input=seconds * prefill / own.input_tokens,
            per_output=seconds * (1 - prefill) / own.output_tokens,
            ttft_ms=row.ttft_ms or 0.0,
            tpot_ms=row.tpot_ms or 0.0,
        )

    def _load(self, group: Group, attempts: int, busy_s: float, longest_queue: int) -> GroupLoad:
        there = self._replicas[group]
        return GroupLoad(
            offering=group.pool.offering,
            pool=group.pool.pool,
            model=group.model,
            precision=group.precision,
            engine=group.engine,
            accelerators_per_replica=group.accelerators_per_replica,
            replicas=there.replicas,
            needed_replicas=round(there.needed, 6),
            attempts=attempts,
            busy_share=round(busy_s / (there.replicas * self._length_s), 6),
            longest_queue=longest_queue,
        )


@dataclass(frozen=True, slots=True)
class _At:
    """Seconds of a replica per token, and latencies without a wait."""

    per_input: float
    per_output: float
    ttft_ms: float
    tpot_ms: float


def _latency(stream: Stream, wait_s: Floats, ttft_ms: Floats, tpot_ms: Floats) -> WorkloadLatency:
    workload = stream.workload
    ttft = wait_s * 1000 + ttft_ms
    limit, tpot_limit = workload.ttft_limit_ms, workload.tpot_limit_ms
    ttft_attained = None if limit is None else nearest_rank(ttft, workload.slo_percentile)
    tpot_attained = None if tpot_limit is None else nearest_rank(tpot_ms, workload.slo_percentile)
    within = all(
        attained is None or bound is None or attained <= bound * (1 + SAME)
        for attained, bound in ((ttft_attained, limit), (tpot_attained, tpot_limit))
    )
    return WorkloadLatency(
        workload=workload.workload,
        attempts=len(wait_s),
        waited_share=float((wait_s > SAME).mean()),
        wait=_spread(wait_s * 1000),
        ttft=None if limit is None else _spread(ttft),
        tpot=None if tpot_limit is None else _spread(tpot_ms),
        percentile=workload.slo_percentile,
        ttft_limit_ms=limit,
        ttft_attained_ms=ttft_attained,
        ttft_beyond_share=None if limit is None else float((ttft > limit * (1 + SAME)).mean()),
        tpot_limit_ms=tpot_limit,
        tpot_attained_ms=tpot_attained,
        kept=within and stream.missed_share == 0.0,
    )


def _spread(values_ms: Floats) -> Spread:
    return Spread(
        p50_ms=nearest_rank(values_ms, 50), p95_ms=nearest_rank(values_ms, 95), p99_ms=nearest_rank(values_ms, 99)
    )


def nearest_rank(values: Floats, percentile: int) -> float:
    """The smallest value that at least so many percent of the values do not exceed; rounded to a microsecond.

    >>> nearest_rank(np.array([30.0, 10.0, 20.0, 40.0]), 50), nearest_rank(np.array([1.0]), 99)
    (20.0, 1.0)
    """
    ordered = np.sort(values)
    return round(float(ordered[ceil(percentile / 100 * len(ordered)) - 1]), 3)

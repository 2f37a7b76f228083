"""Sizes of traced requests, by the size classes of the plan: what a class's requests really are (docs/decisions/0033).

A request joins the class nearest in (ln input, ln output). Node-time is linear in tokens, so the mean sizes of a class
are all that its node-time depends on:

    factor = p * input' / input + (1 - p) * output' / output

symbol            | explanation
p                 | share of prefill in the node-time of the class on an offering
input, output     | mean tokens of the class in the plan
input', output'   | mean tokens of the traced requests that join it
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from catalog.serving import Serving
from catalog.serving_evaluation import NotServable, serve
from optimizer.eligibility import normal_slo, request_of, serving_rules
from optimizer.keys import ClassKey
from optimizer.problem import Problem
from scenarios.workloads import SizeClass

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

STEP_SHARE = 1e-3
"""How far the input of a class is moved to tell its prefill from its decode."""
NOT_TOLD_APART = 0.5
"""Share of prefill where a configuration holds for the class's own input alone."""


@dataclass(frozen=True, slots=True)
class TracedSizes:
    """The requests of one workload by class: positions in the trace, and their mean sizes."""

    classes: tuple[SizeClass, ...]
    """Mean sizes and shares as traced; classes that no request joins are not there."""
    class_of_request: Wholes
    """For each request the index of its class in `classes`."""


def sized_as_traced(classes: Sequence[SizeClass], input_tokens: Wholes, output_tokens: Wholes) -> TracedSizes:
    """Every request in the nearest of the plan's classes of one workload; 0 output tokens count as 1.

    `classes` are in the order of their ids. ValueError without a request.
    """
    if not len(input_tokens):
        raise ValueError("no request joins a size class: the trace has none of this workload")
    inputs, outputs = np.maximum(input_tokens, 1).astype(float), np.maximum(output_tokens, 1).astype(float)
    nearest = _nearest(classes, np.log(inputs), np.log(outputs))
    counts = np.bincount(nearest, minlength=len(classes))
    joined = np.flatnonzero(counts)
    traced = tuple(
        classes[i].model_copy(
            update={
                "input_tokens": float(inputs[nearest == i].mean()),
                "output_tokens": float(outputs[nearest == i].mean()),
                "request_share": float(counts[i] / len(inputs)),
            }
        )
        for i in joined.tolist()
    )
    place = np.full(len(classes), -1)
    place[joined] = np.arange(len(joined))
    return TracedSizes(traced, place[nearest])


def _nearest(classes: Sequence[SizeClass], log_input: Floats, log_output: Floats) -> Wholes:
    distances = np.stack(
        [(log_input - np.log(row.input_tokens)) ** 2 + (log_output - np.log(row.output_tokens)) ** 2 for row in classes]
    )
    return np.asarray(distances.argmin(axis=0))


@dataclass(frozen=True, slots=True)
class NodeTimes:
    """Node-time of a class on the offerings where the plan serves it, and what other sizes take beside it."""

    problem: Problem
    shares: Mapping[tuple[ClassKey, str], float]
    """Share of prefill by class and offering."""
    not_told_apart: tuple[tuple[ClassKey, str], ...]
    """Where the share is assumed to be one half."""

    def factor(self, key: ClassKey, offering: str, input_tokens: float, output_tokens: float) -> float:
        """Node-time of an attempt of this size over that of the class in the plan."""
        own, prefill = self.problem.size_class[key], self.shares[key, offering]
        return prefill * input_tokens / own.input_tokens + (1 - prefill) * output_tokens / own.output_tokens


def node_times(problem: Problem, served: Sequence[tuple[ClassKey, str]]) -> NodeTimes:
    """The share of prefill of each class on each offering, by asking for the node-time of a neighbouring size."""
    shares: dict[tuple[ClassKey, str], float] = {}
    unknown = []
    for key, offering in served:
        share = _prefill_share(problem, key, offering)
        shares[key, offering] = NOT_TOLD_APART if share is None else share
        if share is None:
            unknown.append((key, offering))
    return NodeTimes(problem, shares, tuple(unknown))


def _prefill_share(problem: Problem, key: ClassKey, offering: str) -> float | None:
    own = problem.eligibility.servings[*key, offering]
    for step in (-STEP_SHARE, STEP_SHARE):
        near = _serving_at(problem, key, offering, problem.size_class[key].input_tokens * (1 + step))
        if isinstance(near, Serving) and _alike(near, own):
            share = (_before_haircut(near) / _before_haircut(own) - 1) / step
            return min(1.0, max(0.0, share))
    return None


def _before_haircut(row: Serving) -> float:
    """The grade, and with it the haircut, may change beside a measured size; the law does not."""
    return row.node_seconds_per_attempt * (1 - row.haircut_share)


def _alike(one: Serving, other: Serving) -> bool:
    def rests_on(row: Serving) -> tuple[object, ...]:
        return row.precision, row.engine, row.accelerators_per_replica, row.points, row.claim

    return rests_on(one) == rests_on(other)


def _serving_at(problem: Problem, key: ClassKey, offering: str, input_tokens: float) -> Serving | NotServable:
    workload = problem.workload[key.workload]
    request = request_of(workload, problem.size_class[key], normal_slo(workload))
    return serve(
        catalog=problem.scenario.catalog,
        offering=problem.offering[offering],
        request=replace(request, input_tokens=input_tokens),
        rules=serving_rules(problem.scenario),
    )

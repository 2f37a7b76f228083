"""Size classes: a few sizes that stand for all requests of a trace, with what they lose stated beside them.

Requests are clustered by the logarithms of their input and output tokens (k-means from fixed starting centres). A class
stands for its requests by their mean sizes, so all input and output tokens, and with them the node-time on any column,
are kept in total. What classes do lose is the choice of a column request by request. That loss is measured for pairs of
columns whose ratios of prefill to decode rate differ and which would serve the whole trace in the same node-time:
node-time when each class goes to the faster of the two, over that when each request does, less 1. The fewest classes
that keep it within 5 % are taken.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from scenarios.traces.records import Trace
from scenarios.workloads import SizeClass

RATE_RATIOS = (1.0, 3.0, 10.0, 30.0, 100.0)
"""Prefill rate / decode rate for which errors are stated."""
ROUTING_LOSS_SHARE = 0.05
"""More classes are taken while fewer would lose more than this."""
MOST_CLASSES = 4
"""Unless the caller says otherwise: each class is a column of the model on every offering."""
MOST_CLUSTERED = 50_000
"""Above so many requests the centres are found on every n-th of them in order of size."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NodeTimeError:
    """How far the node-time of a request is from its class's, for one ratio of prefill to decode rate."""

    prefill_to_decode_ratio: float
    total_share: float
    """(Node-time of the classes - node-time of the requests) / the latter: 0 but for rounding."""
    mean_absolute_share: float
    """Mean of |request's own node-time - its class's|, over the mean node-time."""


@dataclass(frozen=True, slots=True)
class SizeClassFit:
    """Size classes and what they lose."""

    classes: tuple[SizeClass, ...]
    errors: tuple[NodeTimeError, ...]
    routing_loss_share: float
    """The largest loss over all pairs of ratios: what routing by class costs against by request."""


@dataclass(frozen=True, slots=True, eq=False)
class _Requests:
    """Requests in order of size."""

    input_tokens: _Floats
    output_tokens: _Floats
    log_sizes: _Floats
    ratios: tuple[float, ...]
    node_times: tuple[_Floats, ...]
    """Of every request, for each ratio, the decode rate being 1."""
    routed: tuple[float, ...]
    """For each pair of ratios, the share of the node-time that is left if every request goes to the faster column."""

    @classmethod
    def of(cls, trace: Trace, ratios: Sequence[float]) -> "_Requests":
        """The requests of a trace; one without output counts as one with one token."""
        outputs = np.maximum(trace.output_tokens, 1)
        order = np.lexsort((outputs, trace.input_tokens))
        inputs, outputs = trace.input_tokens[order].astype(np.float64), outputs[order].astype(np.float64)
        times = tuple(inputs / ratio + outputs for ratio in ratios)
        shares = [own / own.sum() for own in times]
        routed = tuple(float(np.minimum(a, b).sum()) for a, b in combinations(shares, 2))
        return cls(inputs, outputs, np.column_stack((np.log(inputs), np.log(outputs))), tuple(ratios), times, routed)


@dataclass(frozen=True, slots=True, eq=False)
class _Clusters:
    """The cluster of every request, and the mean sizes of the clusters, ascending."""

    labels: NDArray[np.int64]
    counts: NDArray[np.int64]
    mean_input: _Floats
    mean_output: _Floats

    def node_times(self, ratio: float) -> _Floats:
        """Of each cluster's mean request, the decode rate being 1."""
        times: _Floats = self.mean_input / ratio + self.mean_output
        return times


def size_classes_from_trace(trace: Trace, *, workload: str, count: int = MOST_CLASSES) -> tuple[SizeClass, ...]:
    """At most `count` size classes, as many as the data need; see `fit_size_classes`."""
    return fit_size_classes(trace, workload=workload, count=count).classes


def fit_size_classes(
    trace: Trace, *, workload: str, count: int = MOST_CLASSES, ratios: Sequence[float] = RATE_RATIOS
) -> SizeClassFit:
    """The fewest classes, at most `count`, that lose at most 5 % of node-time; or those that lose the least.

    Classes are named c1, c2, ... by ascending input tokens, and do not depend on the order of the requests. A request
    without output tokens counts as one with one.
    """
    if count < 1:
        raise ValueError(f"count is {count}; expected at least 1")
    requests = _Requests.of(trace, ratios)
    best = _clusters(requests, 1)
    loss = _routing_loss(requests, best)
    for classes in range(2, count + 1):
        if loss <= ROUTING_LOSS_SHARE:
            break
        clusters = _clusters(requests, classes)
        if (smaller := _routing_loss(requests, clusters)) < loss:
            best, loss = clusters, smaller
    errors = tuple(_error(best, ratio, own) for ratio, own in zip(ratios, requests.node_times, strict=True))
    return SizeClassFit(_classes(best, workload), errors, loss)


def _clusters(requests: _Requests, count: int) -> _Clusters:
    """At most `count` clusters of similar log sizes; it starts from the means of equal parts by size."""
    found = _labels(requests.log_sizes, count)
    counts = np.bincount(found, minlength=count)
    used = np.flatnonzero(counts)
    counts = counts[used]
    # bincount adds up floats, which are exact here: sums of tokens stay below 2**53
    mean_input = np.bincount(found, weights=requests.input_tokens, minlength=count)[used] / counts
    mean_output = np.bincount(found, weights=requests.output_tokens, minlength=count)[used] / counts
    ascending = np.lexsort((mean_output, mean_input))
    place = np.zeros(count, dtype=np.int64)
    place[used[ascending]] = np.arange(len(used))
    return _Clusters(place[found], counts[ascending], mean_input[ascending], mean_output[ascending])


def _labels(points: _Floats, count: int) -> NDArray[np.int64]:
    """The cluster of every point; points are in order of size."""
    if count == 1:
        return np.zeros(len(points), dtype=np.int64)
    every = -(-len(points) // MOST_CLUSTERED)
    some = np.ascontiguousarray(points[::every])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an emptied cluster is simply not used
        from scipy.cluster.vq import kmeans2, vq

        by_size = np.argsort(some.sum(axis=1), kind="stable")
        parts = np.array_split(by_size, min(count, len(some)))
        starts = np.array([some[part].mean(axis=0) for part in parts])
        centres, labels = kmeans2(some, starts, minit="matrix", iter=100)
        if every > 1:
            labels, _ = vq(points, centres)
    return np.asarray(labels, dtype=np.int64)


def _routing_loss(requests: _Requests, clusters: _Clusters) -> float:
    """The largest loss over all pairs of ratios; 0 for a single ratio."""
    means = [
        clusters.node_times(ratio) / own.sum() for ratio, own in zip(requests.ratios, requests.node_times, strict=True)
    ]
    losses = [0.0]
    for (a, b), by_request in zip(combinations(means, 2), requests.routed, strict=True):
        losses.append(float((clusters.counts * np.minimum(a, b)).sum()) / by_request - 1)
    return max(losses)


def _classes(clusters: _Clusters, workload: str) -> tuple[SizeClass, ...]:
    total = int(clusters.counts.sum())
    means = zip(clusters.mean_input.tolist(), clusters.mean_output.tolist(), clusters.counts.tolist(), strict=True)
    return tuple(
        SizeClass(
            workload=workload,
            size_class=f"c{number}",
            input_tokens=mean_input,
            output_tokens=mean_output,
            request_share=count / total,
        )
        for number, (mean_input, mean_output, count) in enumerate(means, start=1)
    )


def _error(clusters: _Clusters, ratio: float, own: _Floats) -> NodeTimeError:
    means, total = clusters.node_times(ratio), float(own.sum())
    classes_total = float((clusters.counts * means).sum())
    deviation = float(np.abs(own - means[clusters.labels]).sum())
    return NodeTimeError(ratio, classes_total / total - 1, deviation / total)

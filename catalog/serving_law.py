"""The node-time law: seconds of a replica for a request of any size (decision 0002, step 8).

    T_s = output_tokens_s / output_tok_per_s                               at a measured size s
    T   = a * input_tokens * (1 - cache_hit_share) + d * output_tokens     at any size

| symbol | explanation |
|---|---|
| a | seconds per input token, 1 / prefill rate |
| d | seconds per output token, 1 / decode rate |
| T_s | seconds that a request keeps the replica busy at the best point of size s |
| e | seconds per token when prefill and decode cannot be told apart: a = d = e |

Several sizes of different input:output ratio give a and d by non-negative least squares of relative
errors (rows a * input_s / T_s + d * output_s / T_s = 1); a size whose source states both rates gives a row for
prefill and one for decode, and is enough alone. Otherwise, or if a or d comes out 0,
e = max over sizes of T_s / (input_s + output_s), the slowest of the measured sizes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

SAME_RATIO = 1e-6
"""Gram determinant of the unit rows / sizes^2 below which all sizes have one input:output ratio."""
NO_SHARE = 1e-9
"""A rate that explains less than this share of T_s at every size counts as 0."""


@dataclass(frozen=True, slots=True)
class MeasuredSize:
    """A measured size and the replica-seconds of one request at its best point."""

    input_tokens: float
    output_tokens: float
    replica_seconds: float
    prefill_share: float | None = None
    """Part of these seconds that is prefill, where the source tells the two apart (decision 0029)."""

    @property
    def rows(self) -> tuple[tuple[float, float, float], ...]:
        """Tokens in, tokens out and the seconds that they take: one row, or two where prefill is told apart."""
        if self.prefill_share is None:
            return ((self.input_tokens, self.output_tokens, self.replica_seconds),)
        prefill_s = self.prefill_share * self.replica_seconds
        return (self.input_tokens, 0.0, prefill_s), (0.0, self.output_tokens, self.replica_seconds - prefill_s)


@dataclass(frozen=True, slots=True)
class NodeTimeLaw:
    """Replica-seconds per token of prompt and of answer."""

    seconds_per_input_token: float
    seconds_per_output_token: float
    single_rate: bool
    """True when prefill and decode could not be told apart; costs one grade of evidence."""

    def replica_seconds(self, *, input_tokens: float, output_tokens: float, cache_hit_share: float) -> float:
        """Seconds of one attempt; prompt tokens found in the cache need no prefill.

        >>> law = NodeTimeLaw(0.001, 0.02, single_rate=False)
        >>> law.replica_seconds(input_tokens=1000, output_tokens=100, cache_hit_share=0.4)
        2.6
        """
        prefilled = input_tokens * (1.0 - cache_hit_share)
        return self.seconds_per_input_token * prefilled + self.seconds_per_output_token * output_tokens


def fit_law(sizes: Sequence[MeasuredSize]) -> NodeTimeLaw:
    """The law through at least one measured size.

    >>> fit_law([MeasuredSize(100, 100, 2.0)])
    NodeTimeLaw(seconds_per_input_token=0.01, seconds_per_output_token=0.01, single_rate=True)
    >>> fit_law([MeasuredSize(100, 100, 2.0, prefill_share=0.25)])
    NodeTimeLaw(seconds_per_input_token=0.005, seconds_per_output_token=0.015, single_rate=False)
    """
    equations = [row for size in sizes for row in size.rows]
    if not _of_one_ratio(equations):
        from scipy.optimize import nnls  # slow to load: only who fits a law waits for it

        rows = np.array([row[:2] for row in equations], dtype=float)
        rows /= np.array([[row[2]] for row in equations])
        rates, _ = nnls(rows, np.ones(len(equations)))
        if bool(((rows * rates).max(axis=0) > NO_SHARE).all()):
            return NodeTimeLaw(float(rates[0]), float(rates[1]), single_rate=False)
    slowest = max(s.replica_seconds / (s.input_tokens + s.output_tokens) for s in sizes)
    return NodeTimeLaw(slowest, slowest, single_rate=True)


def _of_one_ratio(equations: Sequence[tuple[float, float, float]]) -> bool:
    """Whether tokens in and out (as rows of unit length) are so alike that a and d are not identified.

    The Gram determinant of the rows is the sum over pairs of the squared sine of the angle between them.

    >>> _of_one_ratio([(100, 100, 1.0), (2000, 2000, 1.0)])
    True
    >>> _of_one_ratio([(100, 100, 1.0), (100, 200, 1.0)])
    False
    """
    units = [np.array(row[:2]) / np.hypot(row[0], row[1]) for row in equations]
    gram = sum(float(u[0] * v[1] - u[1] * v[0]) ** 2 for u, v in combinations(units, 2))
    return gram / len(equations) ** 2 < SAME_RATIO

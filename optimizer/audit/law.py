"""The node-time law: replica-seconds per input and output token from the best points of a configuration."""

from dataclasses import dataclass
from math import hypot, inf

from catalog.goodput import GoodputPoint, Role
from catalog.records import Evidence
from catalog.serving import RefusalReason
from optimizer.audit.latency import Limits, Operating, best_operating, nearest_fault
from scenarios.policy import Policy

GRADES = (Evidence.MEASURED, Evidence.INDEPENDENT, Evidence.MODELLED, Evidence.VENDOR, Evidence.ROOFLINE)
SAME_RATIO = 1e-6
"""Gram determinant over the number of sizes squared below which all sizes have the same ratio."""
NOTHING = 1e-9
"""A rate that explains less than this share of every measured time came out 0."""


@dataclass(frozen=True)
class Law:
    """Replica-seconds of a request = per_input x uncached input + per_output x output."""

    per_input_s: float
    per_output_s: float
    grade: Evidence
    """Worst grade of the points used, lowered when the two rates are not identified."""
    inputs: tuple[float, float]
    outputs: tuple[float, float]
    """Box of measured sizes; what is only read has no bounds of outputs."""
    points: frozenset[str]
    ttft_ms: float | None
    tpot_ms: float | None
    factor: float

    def grade_at(self, input_tokens: float, output_tokens: float) -> Evidence:
        """Outside the measured box nothing is better than modelled."""
        inside = (
            self.inputs[0] <= input_tokens <= self.inputs[1] and self.outputs[0] <= output_tokens <= self.outputs[1]
        )
        return self.grade if inside else worse(self.grade, Evidence.MODELLED)


def worse(one: Evidence, other: Evidence) -> Evidence:
    """The worse of two grades."""
    return max(one, other, key=GRADES.index)


def law_of(
    points: tuple[GoodputPoint, ...], limits: Limits, policy: Policy, role: Role = Role.AGGREGATED
) -> Law | tuple[RefusalReason, float]:
    """The law of one configuration inside the limits, or what its nearest point lacks, and how near it is."""
    sizes: dict[tuple[float, float], list[GoodputPoint]] = {}
    for point in points:
        sizes.setdefault((point.input_tokens, point.output_tokens), []).append(point)
    found = {size: best_operating(sizes[size], limits, policy) for size in sorted(sizes)}
    left = {size: operating for size, operating in found.items() if operating is not None}
    return _law(left, role) if left else nearest_fault(points, limits, policy)


def _law(left: dict[tuple[float, float], Operating], role: Role) -> Law:
    times = {size: size[1] / operating.tok_per_s for size, operating in left.items()}
    used = [point for operating in left.values() for point in operating.points]
    grade = max((point.evidence for point in used), key=GRADES.index)
    if role is Role.AGGREGATED:
        rates = two_rates(times, {size: o.rates for size, o in left.items() if o.rates is not None})
    else:
        rates = _rate_of_role(times, role)
    if rates is None:
        slowest = max(seconds / (size[0] + size[1]) for size, seconds in times.items())
        rates = (slowest, slowest)
        grade = GRADES[min(GRADES.index(grade) + 1, len(GRADES) - 1)]
    return Law(
        per_input_s=rates[0],
        per_output_s=rates[1],
        grade=grade,
        inputs=(min(size[0] for size in left), max(size[0] for size in left)),
        outputs=(0.0, inf) if role is Role.PREFILL else (min(size[1] for size in left), max(size[1] for size in left)),
        points=frozenset(point.point for point in used),
        ttft_ms=max((o.ttft_ms for o in left.values() if o.ttft_ms is not None), default=None),
        tpot_ms=max((o.tpot_ms for o in left.values() if o.tpot_ms is not None), default=None),
        factor=max(o.factor for o in left.values()),
    )


def _rate_of_role(times: dict[tuple[float, float], float], role: Role) -> tuple[float, float]:
    """Seconds per token read or written, at the slowest size: a replica that does one thing has one rate."""
    if role is Role.PREFILL:
        return max(seconds / size[0] for size, seconds in times.items()), 0.0
    return 0.0, max(seconds / size[1] for size, seconds in times.items())


def two_rates(
    times: dict[tuple[float, float], float], apart: dict[tuple[float, float], tuple[float, float]] | None = None
) -> tuple[float, float] | None:
    """Prefill and decode seconds per token by least relative squares; None when not identified.

    Minimise sum over sizes of ((a * input + d * output) / T - 1)^2 with a, d >= 0. If the free minimum
    has both positive it is the minimum; otherwise the minimum lies where one of them is 0.

    >>> [round(rate, 12) for rate in two_rates({(100.0, 100.0): 0.11, (1000.0, 100.0): 0.2}) or ()]
    [0.0001, 0.001]
    >>> two_rates({(100.0, 100.0): 0.1, (200.0, 200.0): 0.2}) is None
    True
    """
    lines = [line for size, seconds in times.items() for line in _lines(size, seconds, (apart or {}).get(size))]
    if len(lines) < 2 or _same_ratio([(i, o) for i, o, _ in lines]):
        return None
    rows = [(i / seconds, o / seconds) for i, o, seconds in lines]
    s11 = sum(x * x for x, _ in rows)
    s22 = sum(y * y for _, y in rows)
    s12 = sum(x * y for x, y in rows)
    b1 = sum(x for x, _ in rows)
    b2 = sum(y for _, y in rows)
    determinant = s11 * s22 - s12 * s12
    per_input = (b1 * s22 - b2 * s12) / determinant
    per_output = (s11 * b2 - s12 * b1) / determinant
    if per_input * max(x for x, _ in rows) < NOTHING or per_output * max(y for _, y in rows) < NOTHING:
        return None
    return per_input, per_output


def _lines(
    size: tuple[float, float], seconds: float, rates: tuple[float, float] | None
) -> list[tuple[float, float, float]]:
    """Tokens in, tokens out, seconds: split in proportion to what each part would take alone, where that is stated."""
    if rates is None:
        return [(size[0], size[1], seconds)]
    alone = size[0] / rates[0], size[1] / rates[1]
    return [(size[0], 0.0, seconds * alone[0] / sum(alone)), (0.0, size[1], seconds * alone[1] / sum(alone))]


def _same_ratio(sizes: list[tuple[float, float]]) -> bool:
    units = [(i / hypot(i, o), o / hypot(i, o)) for i, o in sizes]
    g11 = sum(x * x for x, _ in units)
    g22 = sum(y * y for _, y in units)
    g12 = sum(x * y for x, y in units)
    return (g11 * g22 - g12 * g12) / len(units) ** 2 < SAME_RATIO

"""One configuration at a time: whether it can serve a size class on a node, and how fast."""

from collections import defaultdict
from dataclasses import dataclass, replace
from math import inf

from catalog.goodput import GoodputPoint, PricePerformanceClaim, Role
from catalog.records import Evidence
from catalog.serving import MemoryCheck, RefusalReason
from optimizer.audit.figures import Inputs
from optimizer.audit.latency import Limits, by_grade
from optimizer.audit.law import GRADES, Law, law_of, worse
from optimizer.audit.roofline import NAME as ROOFLINE
from optimizer.audit.roofline import Sized, is_stated, roofline_law

EQUALLY_FAST = 1e-9
"""Configurations whose times differ by less than this share are equal; the plan may name either."""
STEPS = {
    RefusalReason.NO_DATA: 2,
    RefusalReason.NO_QUALITY: 3,
    RefusalReason.QUALITY: 3,
    RefusalReason.REPLICA: 4,
    RefusalReason.CONTEXT: 5,
    RefusalReason.MEMORY: 5,
    RefusalReason.NO_LATENCY: 6,
    RefusalReason.TTFT: 6,
    RefusalReason.TPOT: 6,
    RefusalReason.INPUT_LENGTH: 7,
}
"""In which order the reasons for a refusal are looked for."""

Config = tuple[str, str, int, str]
"""Precision, engine, accelerators per replica, curve."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How a configuration serves a class on a node (of a baseline chip: on one chip, before haircut)."""

    node_seconds: float
    grade: Evidence
    haircut: float
    precision: str
    engine: str
    accelerators_per_replica: int
    curve_or_claim: str
    claim: str | None
    quality_score: float | None
    law: Law

    @property
    def uncut(self) -> float:
        """Node-seconds before the haircut."""
        return self.node_seconds * (1.0 - self.haircut)


@dataclass(frozen=True)
class Refused:
    """Why a configuration cannot serve."""

    reason: RefusalReason
    excess: float = 0.0
    """How far the nearest point is from the limits, where limits are the reason."""
    of_claim: bool = False


@dataclass(frozen=True)
class Ask:
    """What a size class asks of a configuration."""

    model: str
    input_tokens: float
    output_tokens: float
    cache_hit_share: float
    quality_bar: float
    limits: Limits


@dataclass(frozen=True)
class Answer:
    """The equally good choices, first by name; or the reasons that a refusal may name."""

    choices: tuple[Figures, ...]
    refusals: tuple[Refused, ...] = ()

    @property
    def reasons(self) -> frozenset[RefusalReason]:
        """The reasons that a refusal may name."""
        return frozenset(refused.reason for refused in self.refusals)


class Configurations:
    """Points of a role and claims by chip, with laws worked out once for each set of limits."""

    def __init__(self, inputs: Inputs, role: Role = Role.AGGREGATED) -> None:
        catalog = inputs.scenario.catalog
        self._role = role
        self._policy = inputs.policy
        self._accelerators = inputs.accelerators
        self._points: dict[tuple[str, str], dict[Config, list[GoodputPoint]]] = defaultdict(dict)
        for p in (point for point in catalog.goodput_points if point.role is role):
            key = (p.precision, p.engine, p.accelerators_per_replica, p.curve)
            self._points[p.model, p.accelerator].setdefault(key, []).append(p)
        self._claims: dict[str, list[PricePerformanceClaim]] = defaultdict(list)
        for claim in catalog.claims:
            self._claims[claim.accelerator].append(claim)
        self._memory = {(m.model, m.precision): m for m in catalog.models}
        self._quality = {(q.model, q.precision, q.stack): q.quality_score for q in catalog.quality}
        self._laws: dict[tuple[str, str, Config, Limits], Law | Refused] = {}

    def answer(self, ask: Ask, accelerator: str, node: int) -> Answer:
        """The best of all configurations of a model on nodes of `node` chips."""
        configs = sorted(self._points.get((ask.model, accelerator), {}))
        tried = [self._on_a_node(ask, accelerator, config, node) for config in configs]
        tried += [self._by_claim(ask, claim, node) for claim in self._claims.get(accelerator, [])]
        if not tried and self._policy.roofline_prior:
            tried = self._by_roofline(ask, accelerator, node)
        return choose(tried)

    def measured_at(self, ask: Ask, precision: str, accelerator: str, node: int) -> Answer:
        """The best of the points at a precision; neither claims nor rooflines stand for them."""
        configs = sorted(c for c in self._points.get((ask.model, accelerator), {}) if c[0] == precision)
        return choose([self._on_a_node(ask, accelerator, config, node) for config in configs])

    def _by_roofline(self, ask: Ask, accelerator: str, node: int) -> list[Figures | Refused]:
        """Every precision with all figures, on every number of chips that divides the node."""
        chip = self._accelerators[accelerator]
        rows = sorted(precision for model, precision in self._memory if model == ask.model)
        stated = [p for p in rows if is_stated(chip, self._memory[ask.model, p])]
        sizes = [n for n in range(1, node + 1) if node % n == 0]
        return [self._under_a_roof(ask, accelerator, precision, n, node) for precision in stated for n in sizes]

    def _under_a_roof(self, ask: Ask, accelerator: str, precision: str, chips: int, node: int) -> Figures | Refused:
        fault = self._quality_fault(ask, precision, accelerator)
        if fault:
            return Refused(fault, inf)
        fault = self._memory_fault(ask, precision, accelerator, chips)
        if fault:
            return Refused(fault, inf)
        sized = Sized(ask.input_tokens, ask.output_tokens, ask.cache_hit_share, ask.limits)
        factor = by_grade(self._policy.percentile_factor, Evidence.ROOFLINE)
        row, usable_gb = self._memory[ask.model, precision], self._usable_gb(accelerator, chips)
        law = roofline_law(self._accelerators[accelerator], row, chips, sized, factor, usable_gb)
        if not isinstance(law, Law):
            return Refused(*law)
        uncached = ask.input_tokens * (1.0 - ask.cache_hit_share)
        haircut = by_grade(self._policy.haircut_share, Evidence.ROOFLINE)
        seconds = law.per_input_s * uncached + law.per_output_s * ask.output_tokens
        return Figures(
            node_seconds=seconds * chips / node / (1.0 - haircut),
            grade=Evidence.ROOFLINE,
            haircut=haircut,
            precision=precision,
            engine=ROOFLINE,
            accelerators_per_replica=chips,
            curve_or_claim=ROOFLINE,
            claim=None,
            quality_score=self._score(ask, precision, accelerator),
            law=law,
        )

    def _on_a_node(self, ask: Ask, accelerator: str, config: Config, node: int) -> Figures | Refused:
        precision, _, chips, _ = config
        quality = self._quality_fault(ask, precision, accelerator)
        if quality:
            return Refused(quality)
        if chips > node:
            return Refused(RefusalReason.REPLICA)
        memory = self._memory_fault(ask, precision, accelerator, chips)
        if memory:
            return Refused(memory, inf)
        found = self._measured(ask, accelerator, config, replicas=node // chips, cut=True)
        if self._policy.memory_check is MemoryCheck.CONCURRENCY and self._role is Role.AGGREGATED:
            within = self._with_room(ask, precision, accelerator, chips)
            limited = self._measured(within, accelerator, config, replicas=node // chips, cut=True)
            if isinstance(found, Refused) or isinstance(limited, Refused) or limited.uncut >= found.uncut:
                return limited
        return found

    def _on_a_chip(self, ask: Ask, accelerator: str, config: Config) -> Figures | Refused:
        """A baseline: no limit of replica or node, seconds of one chip, no haircut."""
        precision, _, chips, _ = config
        quality = self._quality_fault(ask, precision, accelerator)
        if quality:
            return Refused(quality)
        return self._measured(ask, accelerator, config, replicas=1 / chips, cut=False)

    def _measured(self, ask: Ask, accelerator: str, config: Config, *, replicas: float, cut: bool) -> Figures | Refused:
        law = self._law(ask, accelerator, config)
        if not isinstance(law, Law):
            return law
        if ask.limits.ttft_ms is not None and ask.input_tokens > law.inputs[1]:
            return Refused(RefusalReason.INPUT_LENGTH)
        uncached = ask.input_tokens * (1.0 - ask.cache_hit_share)
        seconds = law.per_input_s * uncached + law.per_output_s * ask.output_tokens
        grade = law.grade_at(ask.input_tokens, ask.output_tokens)
        haircut = by_grade(self._policy.haircut_share, grade) if cut else 0.0
        precision, engine, chips, curve = config
        return Figures(
            node_seconds=seconds / replicas / (1.0 - haircut),
            grade=grade,
            haircut=haircut,
            precision=precision,
            engine=engine,
            accelerators_per_replica=chips,
            curve_or_claim=curve,
            claim=None,
            quality_score=self._score(ask, precision, accelerator),
            law=law,
        )

    def _by_claim(self, ask: Ask, claim: PricePerformanceClaim, node: int) -> Figures | Refused:
        """A price-performance claim over the best configuration of its baseline chip."""
        base = claim.baseline_accelerator
        configs = sorted(self._points.get((ask.model, base), {}))
        answer = choose([self._on_a_chip(ask, base, config) for config in configs])
        if not answer.choices:
            return Refused(answer.refusals[0].reason, answer.refusals[0].excess, of_claim=True)
        best = answer.choices[0]
        quality = self._quality_fault(ask, best.precision, claim.accelerator)
        if quality:
            return Refused(quality, of_claim=True)
        faults = [self._memory_fault(ask, best.precision, claim.accelerator, n) for n in range(1, node + 1)]
        if faults[-1]:
            return Refused(faults[-1], of_claim=True)
        chips = faults.index(None) + 1
        faster = _times_as_fast(claim)
        if faster <= 0:
            return Refused(RefusalReason.NO_DATA, of_claim=True)
        grade = worse(best.grade, Evidence.VENDOR)
        haircut = by_grade(self._policy.haircut_share, grade)
        return Figures(
            node_seconds=best.node_seconds / faster / node / (1.0 - haircut),
            grade=grade,
            haircut=haircut,
            precision=best.precision,
            engine=best.engine,
            accelerators_per_replica=chips,
            curve_or_claim=claim.claim,
            claim=claim.claim,
            quality_score=self._score(ask, best.precision, claim.accelerator),
            law=best.law,
        )

    def _law(self, ask: Ask, accelerator: str, config: Config) -> Law | Refused:
        key = (ask.model, accelerator, config, ask.limits)
        if key not in self._laws:
            points = tuple(self._points[ask.model, accelerator][config])
            law = law_of(points, ask.limits, self._policy, self._role)
            self._laws[key] = law if isinstance(law, Law) else Refused(*law)
        return self._laws[key]

    def _score(self, ask: Ask, precision: str, accelerator: str) -> float | None:
        return self._quality.get((ask.model, precision, self._accelerators[accelerator].stack))

    def _quality_fault(self, ask: Ask, precision: str, accelerator: str) -> RefusalReason | None:
        if ask.quality_bar <= 0:
            return None
        score = self._score(ask, precision, accelerator)
        if score is None:
            return RefusalReason.NO_QUALITY
        return RefusalReason.QUALITY if score < ask.quality_bar else None

    def _memory_fault(self, ask: Ask, precision: str, accelerator: str, chips: int) -> RefusalReason | None:
        need = self._memory.get((ask.model, precision))
        if need is None:
            return RefusalReason.MEMORY
        tokens = ask.input_tokens + ask.output_tokens
        if need.longest_context_tokens is not None and tokens > need.longest_context_tokens:
            return RefusalReason.CONTEXT
        used_gb = need.weights_gb + need.kv_kb_per_token * tokens / 1e6
        return None if used_gb <= self._usable_gb(accelerator, chips) else RefusalReason.MEMORY

    def _with_room(self, ask: Ask, precision: str, accelerator: str, chips: int) -> Ask:
        """The same, with no more requests in flight than their caches fit beside the weights."""
        need = self._memory[ask.model, precision]
        tokens = ask.input_tokens + ask.output_tokens
        cache_kb = (self._usable_gb(accelerator, chips) - need.weights_gb) * 1e6
        limits = replace(ask.limits, request_tokens=tokens, most_at_once=cache_kb / (need.kv_kb_per_token * tokens))
        return replace(ask, limits=limits)

    def _usable_gb(self, accelerator: str, chips: int) -> float:
        return self._accelerators[accelerator].memory_gb * chips * self._policy.memory_usable_share


def _times_as_fast(claim: PricePerformanceClaim) -> float:
    """Goodput of the claimed chip over that of its baseline; 0 where the prices say nothing."""
    baseline = float(claim.baseline_list_price_usd_per_accelerator_hour)
    if baseline <= 0:
        return 0.0
    return float(claim.own_list_price_usd_per_accelerator_hour) / baseline * (1.0 + claim.gain_share)


def choose(tried: list[Figures | Refused]) -> Answer:
    """The best grade, then the least time; all that tie with the best are acceptable."""
    passing = [figures for figures in tried if isinstance(figures, Figures)]
    if not passing:
        return Answer((), _furthest([refused for refused in tried if isinstance(refused, Refused)]))
    grade = min((f.grade for f in passing), key=GRADES.index)
    graded = [f for f in passing if f.grade is grade]
    least = min(f.node_seconds for f in graded)
    tied = [f for f in graded if f.node_seconds <= least * (1.0 + EQUALLY_FAST)]
    tied.sort(key=lambda f: (f.precision, f.engine, f.accelerators_per_replica, f.curve_or_claim))
    return Answer(tuple(tied))


def _furthest(refusals: list[Refused]) -> tuple[Refused, ...]:
    """The one that came furthest, then nearest to the limits, then first by name; without any, no data.

    How far a claim came is not comparable with a measurement, so any reason of a claim may be named.
    """
    if not refusals:
        return (Refused(RefusalReason.NO_DATA),)
    furthest = max(STEPS[refused.reason] for refused in refusals)
    last = [refused for refused in refusals if STEPS[refused.reason] == furthest]
    nearest = min(last, key=lambda refused: refused.excess)
    return (nearest, *(refused for refused in refusals if refused.of_claim))

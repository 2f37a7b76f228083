"""Goodput once more: which configurations may serve a size class on an offering, and how fast."""

from collections import defaultdict
from dataclasses import dataclass

from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.offerings import Offering
from catalog.records import Evidence
from catalog.serving import RefusalReason
from optimizer.audit.figures import Inputs
from optimizer.audit.latency import Limits, by_grade
from optimizer.audit.law import GRADES, Law, law_of, worse
from scenarios.workloads import SizeClass, Workload

EQUALLY_FAST = 1e-9
"""Configurations whose times differ by less than this share are equal; the plan may name either."""
STEPS = {
    RefusalReason.NO_DATA: 2,
    RefusalReason.NO_QUALITY: 3,
    RefusalReason.QUALITY: 3,
    RefusalReason.REPLICA: 4,
    RefusalReason.MEMORY: 5,
    RefusalReason.NO_LATENCY: 6,
    RefusalReason.TTFT: 6,
    RefusalReason.TPOT: 6,
    RefusalReason.INPUT_LENGTH: 7,
}
"""In which order the reasons for a refusal are looked for."""

Reasons = frozenset[RefusalReason]


@dataclass(frozen=True)
class Figures:
    """How a configuration serves a class on a node (or, without a node, on one chip)."""

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
    """The equally good choices, best first by name; or the reasons against every configuration."""

    choices: tuple[Figures, ...]
    reasons: Reasons = frozenset()


Config = tuple[str, str, int, str]


class ServingBook:
    """Serving figures by pair and limits, worked out once each."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        catalog = inputs.scenario.catalog
        self._configs: dict[tuple[str, str], dict[Config, list[GoodputPoint]]] = defaultdict(dict)
        for p in catalog.goodput_points:
            key = (p.precision, p.engine, p.accelerators_per_replica, p.curve)
            self._configs[p.model, p.accelerator].setdefault(key, []).append(p)
        self._claims: dict[str, list[PricePerformanceClaim]] = defaultdict(list)
        for claim in catalog.claims:
            self._claims[claim.accelerator].append(claim)
        self._memory = {(m.model, m.precision): m for m in catalog.models}
        self._quality = {(q.model, q.precision, q.stack): q.quality_score for q in catalog.quality}
        self._laws: dict[tuple[str, str, Config, Limits], Law | Reasons] = {}
        self._answers: dict[tuple[Ask, str, int], Answer] = {}
        self._pairs: dict[tuple[str, str, str, float, float], Answer] = {}

    def answer(
        self,
        workload: str,
        size_class: str,
        offering: str,
        ttft_factor: float = 1.0,
        tpot_factor: float = 1.0,
    ) -> Answer:
        """How the offering serves the class inside limits stretched by the factors."""
        key = (workload, size_class, offering, ttft_factor, tpot_factor)
        found = self._pairs.get(key)
        if found is None:
            found = self._pairs[key] = self._answer_pair(*key)
        return found

    def figures(
        self,
        workload: str,
        size_class: str,
        offering: str,
        ttft_factor: float = 1.0,
        tpot_factor: float = 1.0,
    ) -> Figures | None:
        """The best choice, or None when the offering may not serve the class."""
        choices = self.answer(workload, size_class, offering, ttft_factor, tpot_factor).choices
        return choices[0] if choices else None

    def words(
        self,
        workload: str,
        size_class: str,
        offering: str,
        ttft_factor: float = 1.0,
        tpot_factor: float = 1.0,
    ) -> str:
        """Whether it may serve, for a finding."""
        answer = self.answer(workload, size_class, offering, ttft_factor, tpot_factor)
        return "allowed" if answer.choices else "refused: " + " or ".join(sorted(answer.reasons))

    def _answer_pair(self, workload: str, size_class: str, offering: str, ttft: float, tpot: float) -> Answer:
        w = self._inputs.workloads[workload]
        c = self._inputs.classes[workload, size_class]
        o = self._inputs.offerings[offering]
        if self._inputs.geography(o) not in w.geographies:
            return Answer((), frozenset({RefusalReason.RESIDENCY}))
        return self._answer(_ask(w, c, ttft, tpot), o)

    def _answer(self, ask: Ask, offering: Offering) -> Answer:
        key = (ask, offering.accelerator, offering.accelerators_per_node)
        if key not in self._answers:
            self._answers[key] = _choose(
                self._try_all(ask, offering.accelerator, offering.accelerators_per_node)
            )
        return self._answers[key]

    def _try_all(self, ask: Ask, accelerator: str, node: int) -> list[Figures | Reasons]:
        tried: list[Figures | Reasons] = [
            self._try_points(ask, accelerator, config, node)
            for config in self._configs.get((ask.model, accelerator), {})
        ]
        tried += [
            self._try_claim(ask, accelerator, claim, node) for claim in self._claims.get(accelerator, [])
        ]
        return tried

    def _try_points(self, ask: Ask, accelerator: str, config: Config, node: int | None) -> Figures | Reasons:
        """One measured configuration on a node, or per chip and before haircut when there is no node."""
        precision, engine, chips, curve = config
        quality = self._quality_fault(ask, precision, accelerator)
        if quality:
            return frozenset({quality})
        if node is not None and chips > node:
            return frozenset({RefusalReason.REPLICA})
        if node is not None and not self._fits(ask, precision, accelerator, chips):
            return frozenset({RefusalReason.MEMORY})
        law = self._law(ask, accelerator, config)
        if not isinstance(law, Law):
            return law
        if ask.limits.ttft_ms is not None and ask.input_tokens > law.inputs[1]:
            return frozenset({RefusalReason.INPUT_LENGTH})
        uncached = ask.input_tokens * (1.0 - ask.cache_hit_share)
        seconds = law.per_input_s * uncached + law.per_output_s * ask.output_tokens
        grade = law.grade_at(ask.input_tokens, ask.output_tokens)
        haircut = 0.0 if node is None else by_grade(self._inputs.policy.haircut_share, grade)
        node_seconds = seconds * chips if node is None else seconds / (node // chips) / (1.0 - haircut)
        return Figures(
            node_seconds,
            grade,
            haircut,
            precision,
            engine,
            chips,
            curve,
            None,
            self._score(ask, precision, accelerator),
            law,
        )

    def _try_claim(
        self, ask: Ask, accelerator: str, claim: PricePerformanceClaim, node: int
    ) -> Figures | Reasons:
        """A price-performance claim over the best configuration of its baseline chip."""
        base = claim.baseline_accelerator
        configs = self._configs.get((ask.model, base), {})
        answer = _choose([self._try_points(ask, base, config, None) for config in configs])
        if not answer.choices:
            return answer.reasons
        best = answer.choices[0]
        quality = self._quality_fault(ask, best.precision, accelerator)
        if quality:
            return frozenset({quality})
        chips = next((n for n in range(1, node + 1) if self._fits(ask, best.precision, accelerator, n)), None)
        if chips is None:
            return frozenset({RefusalReason.MEMORY})
        prices = float(claim.own_list_price_usd_per_accelerator_hour) / float(
            claim.baseline_list_price_usd_per_accelerator_hour
        )
        chip_seconds = best.node_seconds / (prices * (1.0 + claim.gain_share))
        grade = worse(best.grade, Evidence.VENDOR)
        haircut = by_grade(self._inputs.policy.haircut_share, grade)
        return Figures(
            chip_seconds / node / (1.0 - haircut),
            grade,
            haircut,
            best.precision,
            best.engine,
            chips,
            claim.claim,
            claim.claim,
            self._score(ask, best.precision, accelerator),
            best.law,
        )

    def _law(self, ask: Ask, accelerator: str, config: Config) -> Law | Reasons:
        key = (ask.model, accelerator, config, ask.limits)
        if key not in self._laws:
            points = tuple(self._configs[ask.model, accelerator][config])
            self._laws[key] = law_of(points, ask.limits, self._inputs.policy)
        return self._laws[key]

    def _score(self, ask: Ask, precision: str, accelerator: str) -> float | None:
        return self._quality.get((ask.model, precision, self._inputs.accelerators[accelerator].stack))

    def _quality_fault(self, ask: Ask, precision: str, accelerator: str) -> RefusalReason | None:
        if ask.quality_bar <= 0:
            return None
        score = self._score(ask, precision, accelerator)
        if score is None:
            return RefusalReason.NO_QUALITY
        return RefusalReason.QUALITY if score < ask.quality_bar else None

    def _fits(self, ask: Ask, precision: str, accelerator: str, chips: int) -> bool:
        need = self._memory.get((ask.model, precision))
        if need is None:
            return False
        tokens = ask.input_tokens + ask.output_tokens
        used_gb = need.weights_gb + need.kv_kb_per_token * tokens / 1e6
        chip_gb = self._inputs.accelerators[accelerator].memory_gb
        return used_gb <= chip_gb * chips * self._inputs.policy.memory_usable_share


def _ask(workload: Workload, size_class: SizeClass, ttft_factor: float, tpot_factor: float) -> Ask:
    ttft, tpot = workload.ttft_limit_ms, workload.tpot_limit_ms
    limits = Limits(
        None if ttft is None else ttft * ttft_factor,
        None if tpot is None else tpot * tpot_factor,
        workload.slo_percentile,
    )
    return Ask(
        workload.model,
        size_class.input_tokens,
        size_class.output_tokens,
        workload.cache_hit_share,
        workload.quality_bar,
        limits,
    )


def _choose(tried: list[Figures | Reasons]) -> Answer:
    """The best grade, then the least time; all that tie with the best are acceptable."""
    passing = [figures for figures in tried if isinstance(figures, Figures)]
    if not passing:
        return Answer((), _furthest([reasons for reasons in tried if not isinstance(reasons, Figures)]))
    grade = min((f.grade for f in passing), key=GRADES.index)
    graded = [f for f in passing if f.grade is grade]
    least = min(f.node_seconds for f in graded)
    tied = [f for f in graded if f.node_seconds <= least * (1.0 + EQUALLY_FAST)]
    return Answer(
        tuple(
            sorted(tied, key=lambda f: (f.precision, f.engine, f.accelerators_per_replica, f.curve_or_claim))
        )
    )


def _furthest(all_reasons: list[Reasons]) -> Reasons:
    """The reasons of the configurations that came furthest; no configuration means no data."""
    stated = frozenset[RefusalReason]().union(*all_reasons)
    if not stated:
        return frozenset({RefusalReason.NO_DATA})
    furthest = max(STEPS[reason] for reason in stated)
    return frozenset(reason for reason in stated if STEPS[reason] == furthest)

"""Goodput once more: which offerings may serve a size class, and how fast, worked out once each."""

from catalog.offerings import Offering
from catalog.serving import RefusalReason
from optimizer.audit.configurations import Answer, Ask, Configurations, Figures, Refused
from optimizer.audit.figures import Inputs
from optimizer.audit.latency import Limits
from optimizer.audit.ratings import Ratings
from scenarios.workloads import SizeClass, Workload

Pair = tuple[str, str, str]
"""Workload, size class, offering."""
Factors = tuple[float, float]
"""By how much the TTFT and TPOT limits are stretched."""
AS_STATED: Factors = (1.0, 1.0)


class ServingBook:
    """Serving figures by pair and limits."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._configurations = Configurations(inputs)
        self._ratings = Ratings(inputs)
        self._answers: dict[tuple[Ask, str, int], Answer] = {}
        self._pairs: dict[tuple[Pair, Factors], Answer] = {}

    def answer(self, pair: Pair, factors: Factors = AS_STATED) -> Answer:
        """How the offering serves the class inside the limits stretched by the factors."""
        found = self._pairs.get((pair, factors))
        if found is None:
            found = self._pairs[pair, factors] = self._answer_pair(pair, factors)
        return found

    def figures(self, pair: Pair, factors: Factors = AS_STATED) -> Figures | None:
        """The best choice, or None when the offering may not serve the class."""
        choices = self.answer(pair, factors).choices
        return choices[0] if choices else None

    def words(self, pair: Pair, factors: Factors = AS_STATED) -> str:
        """Whether it may serve, for a finding."""
        answer = self.answer(pair, factors)
        return "allowed" if answer.choices else "refused: " + " or ".join(sorted(answer.reasons))

    def _answer_pair(self, pair: Pair, factors: Factors) -> Answer:
        workload = self._inputs.workloads[pair[0]]
        offering = self._inputs.offerings[pair[2]]
        if self._inputs.geography(offering) not in workload.geographies:
            return Answer((), (Refused(RefusalReason.RESIDENCY),))
        if self._ratings.fault(pair[0], pair[2]) is not None:
            return Answer((), (Refused(RefusalReason.AUDIT_ANSWERS),))
        return self._answer(ask_of(workload, self._inputs.classes[pair[:2]], factors), offering)

    def _answer(self, ask: Ask, offering: Offering) -> Answer:
        key = (ask, offering.accelerator, offering.accelerators_per_node)
        if key not in self._answers:
            self._answers[key] = self._configurations.answer(*key)
        return self._answers[key]


def ask_of(workload: Workload, size_class: SizeClass, factors: Factors) -> Ask:
    """What a workload asks for one of its size classes inside its limits stretched by the factors."""
    ttft, tpot = workload.ttft_limit_ms, workload.tpot_limit_ms
    limits = Limits(
        ttft_ms=None if ttft is None else ttft * factors[0],
        tpot_ms=None if tpot is None else tpot * factors[1],
        percentile=workload.slo_percentile,
    )
    return Ask(
        model=workload.model,
        input_tokens=size_class.input_tokens,
        output_tokens=size_class.output_tokens,
        cache_hit_share=workload.cache_hit_share,
        quality_bar=workload.quality_bar,
        limits=limits,
    )

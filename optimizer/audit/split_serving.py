"""Splits once more: what the transfer leaves of the TTFT limit, and how each role serves a size class."""

from dataclasses import dataclass, replace

from catalog.goodput import Role
from catalog.serving import RefusalReason
from optimizer.audit.configurations import Answer, Ask, Configurations, Figures, Refused
from optimizer.audit.figures import Inputs
from optimizer.audit.latency import Limits
from optimizer.audit.ratings import Ratings
from optimizer.audit.serving import AS_STATED, Factors, ask_of
from scenarios.workloads import Workload

SplitPair = tuple[str, str, str]
"""Workload, size class, split."""


@dataclass(frozen=True, kw_only=True)
class SplitFigures:
    """How a split serves a class: equally good choices of each role, and what moves between them."""

    prefill: tuple[Figures, ...]
    decode: tuple[Figures, ...]
    kv_gb_per_attempt: float
    transfer_ms: float
    ttft_left_ms: float | None


@dataclass(frozen=True)
class SplitRefused:
    """Why a split cannot serve a class: the role that cannot, or none, and the reasons that may be named."""

    role: Role | None
    reasons: frozenset[RefusalReason]

    @property
    def words(self) -> str:
        """For a finding."""
        return f"refused ({self.role or 'as a whole'}): " + " or ".join(sorted(self.reasons))


class SplitBook:
    """Serving figures of splits by pair and limits."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._roles = {role: Configurations(inputs, role) for role in (Role.PREFILL, Role.DECODE)}
        self._ratings = Ratings(inputs)
        self._kv_kb = {(row.model, row.precision): row.kv_kb_per_token for row in inputs.scenario.catalog.models}
        self._answers: dict[tuple[SplitPair, Factors], SplitFigures | SplitRefused] = {}

    def answer(self, pair: SplitPair, factors: Factors = AS_STATED) -> SplitFigures | SplitRefused:
        """How the split serves the class inside the limits stretched by the factors, or the first refusal."""
        if (pair, factors) not in self._answers:
            self._answers[pair, factors] = self._as_a_whole(pair) or self._worked_out(pair, factors)
        return self._answers[pair, factors]

    def _as_a_whole(self, pair: SplitPair) -> SplitRefused | None:
        """Neither role is looked at where an offering is not to be had, not allowed, or its cache is not known."""
        split, workload = self._inputs.splits[pair[2]], self._inputs.workloads[pair[0]]
        for role, offering in ((Role.PREFILL, split.prefill_offering), (Role.DECODE, split.decode_offering)):
            if offering not in self._inputs.can_be_had:
                return _refused(role, RefusalReason.NO_TERMS)
        if not self._is_resident(workload, split.prefill_offering, split.decode_offering):
            return _refused(None, RefusalReason.RESIDENCY)
        if self._ratings.fault(workload.workload, split.prefill_offering, split.decode_offering) is not None:
            return _refused(None, RefusalReason.AUDIT_ANSWERS)
        if (split.model, split.precision) not in self._kv_kb:
            return _refused(None, RefusalReason.MEMORY)
        return None

    def _is_resident(self, workload: Workload, *offerings: str) -> bool:
        places = {self._inputs.geography(self._inputs.offerings[name]) for name in offerings}
        return places <= set(workload.geographies)

    def _worked_out(self, pair: SplitPair, factors: Factors) -> SplitFigures | SplitRefused:
        split, size_class = self._inputs.splits[pair[2]], self._inputs.classes[pair[:2]]
        ask = ask_of(self._inputs.workloads[pair[0]], size_class, factors)
        gb = self._kv_kb[split.model, split.precision] * size_class.input_tokens / 1e6
        transfer_ms = split.handover_ms + 1000.0 * gb / split.transfer_gb_per_s
        left_ms = None if ask.limits.ttft_ms is None else ask.limits.ttft_ms - transfer_ms
        if left_ms is not None and left_ms <= 0:
            return _refused(None, RefusalReason.TRANSFER)
        percentile = ask.limits.percentile
        reads = replace(ask, limits=Limits(ttft_ms=left_ms, tpot_ms=None, percentile=percentile))
        writes = replace(ask, limits=Limits(ttft_ms=None, tpot_ms=ask.limits.tpot_ms, percentile=percentile))
        prefill = self._role(Role.PREFILL, reads, split.precision, split.prefill_offering)
        if not prefill.choices:
            return SplitRefused(Role.PREFILL, prefill.reasons)
        decode = self._role(Role.DECODE, writes, split.precision, split.decode_offering)
        if not decode.choices:
            return SplitRefused(Role.DECODE, decode.reasons)
        return SplitFigures(
            prefill=prefill.choices,
            decode=decode.choices,
            kv_gb_per_attempt=gb,
            transfer_ms=transfer_ms,
            ttft_left_ms=left_ms,
        )

    def _role(self, role: Role, ask: Ask, precision: str, offering: str) -> Answer:
        """A prompt that is all cached is nothing to read: whatever the points, none says how fast."""
        if role is Role.PREFILL and ask.cache_hit_share >= 1:
            return Answer((), (Refused(RefusalReason.NO_DATA),))
        node = self._inputs.offerings[offering]
        return self._roles[role].measured_at(ask, precision, node.accelerator, node.accelerators_per_node)


def _refused(role: Role | None, reason: RefusalReason) -> SplitRefused:
    return SplitRefused(role, frozenset({reason}))

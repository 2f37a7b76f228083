"""Which split may serve which size class: both roles inside what the transfer leaves of the limits (decision 0030).

For each workload, size class and split of its model, the first that applies:

    nothing_to_buy_or_hold      the prefill, then the decode offering has no terms and no held contract
    residency                   their geography is not among the workload's
    audit_answers               what the policy asks is not answered with yes of one of them
    memory                      the size of the model's cache at the precision is not known
    transfer_longer_than_ttft   the transfer leaves nothing of the TTFT limit
    (catalog.serving_roles)     the prefill, then the decode role

    kv_gb_per_attempt  =  kv_kb_per_token * input_tokens / 1e6
    transfer_ms        =  handover_ms + 1000 * kv_gb_per_attempt / transfer_gb_per_s
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from catalog.accelerators import ModelPrecision
from catalog.goodput import Role
from catalog.offerings import Offering
from catalog.serving import RefusalReason, Serving, Slo
from catalog.serving_evaluation import NotServable
from catalog.serving_index import Request
from catalog.serving_roles import limits_of_role, serve_in_role
from catalog.serving_words import number
from contracts.terms.split import Split
from optimizer.answers_asked import answers_refusal
from optimizer.asked import Asked
from optimizer.eligibility import available_offerings, geography_refusal, normal_slo, serving_rules, terms_refusal
from optimizer.keys import ClassKey
from optimizer.plan_splits import SplitRefusal, SplitServing

SplitServings = Mapping[tuple[ClassKey, str], SplitServing]
"""By size class and split, in order."""


@dataclass(frozen=True)
class _No:
    """A refusal, and the role that it is of."""

    role: Role | None
    why: NotServable


@dataclass(frozen=True)
class Splits:
    """The splits of one scenario, and what each of them may serve."""

    asked: Asked

    @cached_property
    def split(self) -> dict[str, Split]:
        """Splits by id, sorted."""
        rows = {row.split: row for row in self.asked.scenario.splits}
        return {name: rows[name] for name in sorted(rows)}

    @cached_property
    def servings(self) -> SplitServings:
        """Every class and split of its model that may serve it in normal operation."""
        return {place: found for place, found in self._judged.items() if isinstance(found, SplitServing)}

    @cached_property
    def refusals(self) -> tuple[SplitRefusal, ...]:
        """Every class and split of its model that may not, sorted."""
        return tuple(
            SplitRefusal(
                workload=key.workload,
                size_class=key.size_class,
                split=split,
                role=found.role,
                reason=found.why.reason,
                text=found.why.text,
            )
            for (key, split), found in self._judged.items()
            if isinstance(found, _No)
        )

    @cached_property
    def _judged(self) -> dict[tuple[ClassKey, str], SplitServing | _No]:
        return {(key, split.split): self._judge(key, split, 1.0, 1.0) for key, split in self._of_its_model()}

    @cached_property
    def contingency_servings(self) -> dict[str, SplitServings]:
        """By contingency, at its relaxed limits."""
        return {
            event.contingency: {
                (key, split.split): found
                for key, split in self._of_its_model()
                if isinstance(found := self._judge(key, split, event.ttft_factor, event.tpot_factor), SplitServing)
            }
            for event in self.asked.scenario.policy.contingencies
        }

    def left(self, contingency: str, key: ClassKey, offerings: Collection[str]) -> tuple[str, ...]:
        """Splits that may serve a class after an event that leaves these offerings."""
        return tuple(
            x
            for x, row in self.split.items()
            if row.prefill_offering in offerings
            and row.decode_offering in offerings
            and (key, x) in self.contingency_servings[contingency]
        )

    def _of_its_model(self) -> Iterator[tuple[ClassKey, Split]]:
        for key in self.asked.size_class:
            for split in self.split.values():
                if split.model == self.asked.workload[key.workload].model:
                    yield key, split

    @cached_property
    def memory(self) -> dict[tuple[str, str], ModelPrecision]:
        """Sizes of models and their caches by model and precision."""
        return {(row.model, row.precision): row for row in self.asked.scenario.catalog.models}

    @cached_property
    def _available(self) -> frozenset[str]:
        return available_offerings(self.asked.scenario)

    def _judge(self, key: ClassKey, split: Split, ttft_factor: float, tpot_factor: float) -> SplitServing | _No:
        workload = self.asked.workload[key.workload]
        offerings = [self.asked.scenario.catalog.offering[o] for o in (split.prefill_offering, split.decode_offering)]
        for role, offering in zip((Role.PREFILL, Role.DECODE), offerings, strict=True):
            refused = terms_refusal(self._available, offering)
            if refused is not None:
                return _No(role, refused)
        away = geography_refusal(self.asked.scenario.catalog, workload, offerings[0])
        if away is not None:
            return _No(None, away)
        for offering in offerings:
            unanswered = answers_refusal(self.asked.scenario, workload, offering)
            if unanswered is not None:
                return _No(None, unanswered)
        memory = self.memory.get((split.model, split.precision))
        if memory is None:
            text = f"the cache that {split.model} needs at {split.precision} is not in the catalog"
            return _No(None, NotServable(RefusalReason.MEMORY, text))
        gb = memory.kv_kb_per_token * self.asked.size_class[key].input_tokens / 1e6
        slo = normal_slo(workload).relaxed(ttft_factor, tpot_factor)
        return self._in_both_roles(key, split, offerings, gb, slo)

    def _in_both_roles(
        self, key: ClassKey, split: Split, offerings: list[Offering], gb: float, slo: Slo
    ) -> SplitServing | _No:
        transfer_ms, limit_ms = split.transfer_ms(gb), slo.ttft_limit_ms
        if limit_ms is not None and limit_ms <= transfer_ms:
            text = f"moving {number(gb)} GB takes {number(transfer_ms)} ms; the TTFT limit is {number(limit_ms)} ms"
            return _No(None, NotServable(RefusalReason.TRANSFER, text))
        done: list[Serving] = []
        for role, offering in zip((Role.PREFILL, Role.DECODE), offerings, strict=True):
            serving = self._in_role(key, split, offering, role, limits_of_role(role, slo, transfer_ms))
            if isinstance(serving, NotServable):
                return _No(role, serving)
            done.append(serving)
        return SplitServing(
            prefill=done[0],
            decode=done[1],
            kv_gb_per_attempt=gb,
            transfer_ms=transfer_ms,
            ttft_left_ms=None if limit_ms is None else limit_ms - transfer_ms,
        )

    def _in_role(
        self, key: ClassKey, split: Split, offering: Offering, role: Role, limits: Slo
    ) -> Serving | NotServable:
        workload, size = self.asked.workload[key.workload], self.asked.size_class[key]
        return serve_in_role(
            catalog=self.asked.scenario.catalog,
            offering=offering,
            role=role,
            precision=split.precision,
            request=Request(
                model=split.model,
                input_tokens=size.input_tokens,
                output_tokens=size.output_tokens,
                cache_hit_share=workload.cache_hit_share,
                slo=limits,
                quality_bar=workload.quality_bar,
            ),
            rules=serving_rules(self.asked.scenario),
        )

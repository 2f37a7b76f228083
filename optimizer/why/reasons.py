"""Why each offer is not taken: the first reason that holds, in the order of docs/decisions/0040.

    expired      it can no longer be signed on the day of the plan
    lead_time    no start is possible inside the horizon
    region, quality, memory, slo, refused
                 it may serve no workload: the commonest reason is named
    gate         everything that it may serve waits for a migration that is not begun, or never through
    dominated    another offer is as good in every clause, and cheaper
    cap          its smallest order would break a rule, everything else as planned
    price        everything else
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from catalog.serving import RefusalReason
from contracts.options import AnyTerms
from optimizer.api_refusal_words import api_words
from optimizer.keys import ClassKey
from optimizer.plan import Plan
from optimizer.plan_contracts import ApiReason
from optimizer.plan_why import NotTakenReason as Reason
from optimizer.problem import Problem
from optimizer.why.dominance import dominating
from optimizer.why.offers import Kind, Offered

_REFUSED = {
    RefusalReason.RESIDENCY: Reason.REGION,
    RefusalReason.NO_QUALITY: Reason.QUALITY,
    RefusalReason.QUALITY: Reason.QUALITY,
    RefusalReason.REPLICA: Reason.MEMORY,
    RefusalReason.CONTEXT: Reason.MEMORY,
    RefusalReason.MEMORY: Reason.MEMORY,
    RefusalReason.NO_LATENCY: Reason.SLO,
    RefusalReason.TTFT: Reason.SLO,
    RefusalReason.TPOT: Reason.SLO,
    RefusalReason.INPUT_LENGTH: Reason.SLO,
}
"""All others are refused for another reason."""
_API_REFUSED = {
    ApiReason.REGION: Reason.REGION,
    ApiReason.QUALITY: Reason.QUALITY,
    ApiReason.LENGTH: Reason.MEMORY,
    ApiReason.TTFT: Reason.SLO,
    ApiReason.TPOT: Reason.SLO,
}


@dataclass(frozen=True)
class Because:
    """A reason with its words."""

    reason: Reason
    words: str
    other: str | None = None


@dataclass(frozen=True)
class Reasons:
    """What is known of a plan and its problem to tell why an offer is not taken."""

    plan: Plan
    problem: Problem
    broken: Mapping[str, str]
    """By offer of which the smallest order breaks a rule: that rule."""

    @cached_property
    def _dominating(self) -> Mapping[str, AnyTerms]:
        return dominating(self.plan.scenario)

    def because(self, offer: Offered) -> Because:
        """The first reason that holds."""
        return next(
            found
            for found in (
                self._too_late(offer),
                self._refused(offer),
                self._behind_a_gate(offer),
                self._dominated(offer),
                self._barred(offer),
                Because(Reason.PRICE, "it costs more than what it would save"),
            )
            if found is not None
        )

    def _too_late(self, offer: Offered) -> Because | None:
        day = self.plan.scenario.run.order_date
        if offer.can_start(self.problem):
            return None
        if offer.valid_until is not None and offer.valid_until < day:
            words = f"the quote was valid until {offer.valid_until}, orders are signed from {day}"
            return Because(Reason.EXPIRED, words)
        return Because(Reason.LEAD_TIME, f"signed from {day} on, no start that its terms allow lies in the horizon")

    def _refused(self, offer: Offered) -> Because | None:
        if offer.kind is Kind.NODES:
            return self._offering_refused(offer.serves)
        return self._api_refused(offer.serves) if offer.kind is Kind.TOKENS else None

    def _offering_refused(self, offerings: tuple[str, ...]) -> Because | None:
        if any(True for o in offerings for _ in self._served_at(o)):
            return None
        refused = [row for row in self.plan.refusals if row.offering in offerings]
        if not refused:
            return None
        common, times = Counter(row.reason for row in refused).most_common(1)[0]
        first = next(row.text for row in refused if row.reason is common)
        return Because(_REFUSED.get(common, Reason.REFUSED), _commonest(first, times, len(refused)))

    def _api_refused(self, apis: tuple[str, ...]) -> Because | None:
        if any(api in several for several in self.problem.token_offers.apis_of.values() for api in apis):
            return None
        refused = [row for row in self.plan.api_refusals if row.api in apis]
        if not refused:
            return Because(Reason.REFUSED, "no workload asks for its model")
        common, times = Counter(row.reason for row in refused).most_common(1)[0]
        first = next(api_words(self.plan.scenario, row) for row in refused if row.reason is common)
        return Because(_API_REFUSED[common], _commonest(first, times, len(refused)))

    def _served_at(self, offering: str) -> Iterator[tuple[str, ...]]:
        """For everything that an offering may serve, alone or in a role of a split: the migrations it waits for."""
        for w, _, o in self.problem.eligibility.servings:
            if o == offering:
                needed = self.problem.migration_needed(w, o)
                yield () if needed is None else (needed,)
        for name, split in self.problem.splits.split.items():
            pair = (split.prefill_offering, split.decode_offering)
            if offering in pair:
                for key in self._classes_of_split(name):
                    several = (self.problem.migration_needed(key.workload, o) for o in pair)
                    yield tuple(sorted({needed for needed in several if needed is not None}))

    def _classes_of_split(self, name: str) -> Iterator[ClassKey]:
        refused = {(row.workload, row.size_class) for row in self.plan.split_refusals if row.split == name}
        return (key for key in self.problem.classes if (key.workload, key.size_class) not in refused)

    def _behind_a_gate(self, offer: Offered) -> Because | None:
        if offer.kind is not Kind.NODES:
            return None
        waiting = [needed for o in offer.serves for needed in self._served_at(o)]
        if not waiting or any(set(needed) <= self._through for needed in waiting):
            return None
        names = sorted({name for needed in waiting for name in needed} - self._through)
        return Because(
            Reason.GATE, f"everything that it may serve waits for migration {', '.join(names)}, which is not through"
        )

    @cached_property
    def _through(self) -> set[str]:
        """Migrations that pass their gate in the plan, in at least one outlook."""
        outlooks = self.problem.outlooks
        return {
            row.migration
            for row in self.plan.migrations
            if any(self.problem.futures.passes(row.migration, s) for s in ([row.outlook] if row.outlook else outlooks))
        }

    def _dominated(self, offer: Offered) -> Because | None:
        other = self._dominating.get(offer.name)
        if other is None:
            return None
        words = f"{other.contract} sells the same nodes, is as good in every clause, and cheaper"
        return Because(Reason.DOMINATED, words, other.contract)

    def _barred(self, offer: Offered) -> Because | None:
        rule = self.broken.get(offer.name)
        return None if rule is None else Because(Reason.CAP, f"its smallest order would break: {rule}")


def _commonest(text: str, times: int, of: int) -> str:
    return text if of == 1 else f"{text} ({times} of {of} request sizes are refused so)"

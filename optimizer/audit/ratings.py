"""Ratings of offerings: the sovereignty index, the answers to the audit, and who may not serve for want of them."""

from collections.abc import Iterable

from catalog.footprint import Answer, AuditQuestion, RatedScope, SovereigntyRating
from contracts.terms.api import ApiOffer
from optimizer.audit.figures import Inputs
from scenarios.policy import AuditMinimum

PORTABLE = AuditQuestion.PORTABLE_IN_24_HOURS


class Ratings:
    """The rating of each offering: its own, else that of its accelerator as a whole, else none."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._rows = {(row.scope, row.name): row for row in inputs.scenario.catalog.sovereignty}

    def _rating(self, offering: str) -> SovereigntyRating | None:
        own = self._rows.get((RatedScope.OFFERING, offering))
        if own is not None:
            return own
        return self._rows.get((RatedScope.ACCELERATOR, self._inputs.offerings[offering].accelerator))

    def index(self, offering: str) -> float:
        """0 to 100; 0 without a rating."""
        row, weights = self._rating(offering), self._inputs.policy.sovereignty_weights
        if row is None:
            return 0.0
        points = (
            (weights.ip_ownership, row.ip_ownership),
            (weights.fabrication_diversity, row.fabrication_diversity),
            (weights.compiler_openness, row.compiler_openness),
            (weights.energy_integration, row.energy_integration),
        )
        return sum(weight * score for weight, score in points) / 100.0

    def answered(self, offering: str) -> frozenset[AuditQuestion]:
        """Questions that are answered with yes; what is not known is a no."""
        row = self._rating(offering)
        if row is None:
            return frozenset()
        return frozenset(question for question in AuditQuestion if getattr(row, question.value) is Answer.YES)

    def is_portable(self, offering: str) -> bool:
        """Whether what it serves can be moved within a day."""
        return PORTABLE in self.answered(offering)

    def fault(self, workload: str, *offerings: str) -> str | None:
        """Which rule keeps offerings from serving a workload, and why; None if none does."""
        return self._first_fault(workload, [self.answered(offering) for offering in offerings])

    def fault_of_api(self, workload: str, api: ApiOffer) -> str | None:
        """The same of an API, of which a single answer is known."""
        return self._first_fault(workload, [answered_by_api(api)])

    def _first_fault(self, workload: str, answered: Iterable[frozenset[AuditQuestion]]) -> str | None:
        parts = list(answered)
        for rule in self._inputs.policy.audit_answers:
            if rule.workload in ("*", workload):
                for yes in parts:
                    lacks = _lacks(rule, yes)
                    if lacks:
                        return f"rule {rule.rule}: {lacks}"
        return None


def answered_by_api(api: ApiOffer) -> frozenset[AuditQuestion]:
    """Of an API only one question has an answer."""
    return frozenset({PORTABLE}) if api.portable_in_24_hours is Answer.YES else frozenset()


def _lacks(rule: AuditMinimum, yes: frozenset[AuditQuestion]) -> str:
    missing = [question.value for question in rule.required if question not in yes]
    if missing:
        return f"no yes to {missing[0]}"
    return "" if len(yes) >= rule.yes_at_least else f"{len(yes)} of {rule.yes_at_least} answers are yes"

"""Whether what is asked of an offering was answered with yes: the rules `audit_answers` of the policy.

Rules are asked in the order of the policy: first the questions that one requires, in their own order, then how many
of the five are answered with yes. The first that fails speaks. What is not known counts as no (docs/decisions/0037).
"""

from collections.abc import Callable

from catalog.footprint import Answer, AuditQuestion
from catalog.offerings import Offering
from catalog.serving import RefusalReason
from catalog.serving_evaluation import NotServable
from contracts.terms.api import ApiOffer
from scenarios.footprint import Footprint
from scenarios.policy import AuditMinimum
from scenarios.scenario import Scenario
from scenarios.workloads import Workload

EVERY = "*"

Answered = Callable[[AuditQuestion], Answer]
"""What a question was answered with."""


def answers_refusal(scenario: Scenario, workload: Workload, offering: Offering) -> NotServable | None:
    """The first rule that an offering fails for a workload, in words; None if it may serve."""
    rules = _rules_of(scenario, workload)
    if not rules:
        return None
    text = _first_no(rules, offering.offering, _of_offering(Footprint.of(scenario), offering.offering))
    return None if text is None else NotServable(RefusalReason.AUDIT_ANSWERS, text)


def api_answers_text(scenario: Scenario, workload: Workload, offer: ApiOffer) -> str | None:
    """The same of an API offer, of which only one answer is known."""

    def answered(question: AuditQuestion) -> Answer:
        is_known = question is AuditQuestion.PORTABLE_IN_24_HOURS
        return offer.portable_in_24_hours if is_known else Answer.UNKNOWN

    return _first_no(_rules_of(scenario, workload), offer.api, answered)


def _rules_of(scenario: Scenario, workload: Workload) -> list[AuditMinimum]:
    named = (EVERY, workload.workload)
    return [rule for rule in scenario.policy.audit_answers if rule.workload in named]


def _of_offering(footprint: Footprint, offering: str) -> Answered:
    rating = footprint.rating(offering)
    return lambda question: Answer.UNKNOWN if rating is None else rating.answer(question)


def _first_no(rules: list[AuditMinimum], subject: str, answered: Answered) -> str | None:
    answers = {question: answered(question) for question in AuditQuestion}
    yes = sum(answer is Answer.YES for answer in answers.values())
    for rule in rules:
        for question in AuditQuestion:
            if question in rule.required and answers[question] is not Answer.YES:
                return f"{rule.rule}: {question.value} of {subject} is answered {answers[question].value}, not yes"
        if yes < rule.yes_at_least:
            others = ", ".join(f"{q.value} {a.value}" for q, a in answers.items() if a is not Answer.YES)
            return f"{rule.rule}: {subject} has {yes} of five answers yes, fewer than {rule.yes_at_least} ({others})"
    return None

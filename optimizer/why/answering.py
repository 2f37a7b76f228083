"""Why, and why not: one linear program for offers, then plans made again, insurance first, and audited as a whole."""

from optimizer.finding import Found
from optimizer.living.living import LivingModel
from optimizer.plan import Plan
from optimizer.plan_making import audited
from optimizer.plan_why import NotTaken, NotTakenReason, Why
from optimizer.problem import Problem, state
from optimizer.solve import Session
from optimizer.why.asking import Asker, WhyOptions
from optimizer.why.entering import entering_shares
from optimizer.why.insurance import insurance
from optimizer.why.not_taken import idle_offers, not_taken, reasons_of
from optimizer.why.payback import begun, paybacks
from optimizer.why.reasons import Reasons
from optimizer.why.remembering import Remembered, remembered
from optimizer.why.rule_worth import Vary, asked, binding, worths

OFFERS_SHARE = 0.25
"""So much of the time the linear programs of the offers may take."""


class Student:
    """Listens to the solve of a plan, so that the questions afterwards begin with what it has found."""

    def __init__(self, living: LivingModel) -> None:
        self.living = living
        self.known: Remembered | None = None

    def learn(self, session: Session, found: Found) -> None:
        """For PlanOptions.on_found."""
        self.living.learn(session, found)
        self.known = remembered(found)


def with_why(plan: Plan, vary: Vary, student: Student, options: WhyOptions) -> Plan:
    """The plan with its why and why not, audited again; raises AuditFailed.

    `vary` gives the scenario of the plan with inputs changed. An interruption keeps what there is.
    """
    rules = binding(plan)
    questions = len(plan.scenario.policy.contingencies) + len(begun(plan)) + asked(rules)
    asker = Asker(student.living, options, questions)
    offers = _offers(plan, student, options)
    insured = insurance(plan, asker)
    paid_back = paybacks(plan, asker)
    told = Why(
        insurance=insured,
        paybacks=paid_back,
        rules=worths(plan, rules, vary, asker),
        not_taken=offers,
        solves=asker.solves,
        ended=asker.ended,
    )
    return audited(plan.model_copy(update={"why": told, "audit": None}))


def _offers(plan: Plan, student: Student, options: WhyOptions) -> tuple[NotTaken, ...]:
    known = student.known
    problem: Problem = state(plan.scenario) if known is None else known.problem
    idle = idle_offers(plan)
    because = reasons_of(idle, Reasons(plan, problem, {} if known is None else known.broken))
    dear = [name for name, found in because.items() if found.reason is NotTakenReason.PRICE]
    shares: dict[str, float] = {}
    if known is not None and options.time_limit_s > 0:
        shares = entering_shares(student.living, known, dear, OFFERS_SHARE * options.time_limit_s)
    return not_taken(idle, because, shares)

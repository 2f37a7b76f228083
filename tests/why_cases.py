"""Plans that say why, for scenarios of the builders."""

from collections.abc import Sequence

from optimizer.finding import PlanOptions
from optimizer.living.living import LivingModel
from optimizer.plan import Plan
from optimizer.plan_why import NotTaken, Why
from optimizer.run import plan_fleet
from optimizer.why.answering import Student, with_why
from optimizer.why.asking import WhyOptions
from optimizer.why.rule_worth import Vary
from scenarios.changes import Change
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario

LONG = WhyOptions(most=50, time_limit_s=600.0)


def explained(scenario: Scenario, options: WhyOptions = LONG, vary: Vary | None = None) -> Plan:
    """The plan with its why; rules that bind need inputs of a folder to be changed."""
    with LivingModel() as living:
        student = Student(living)
        plan = plan_fleet(scenario, PlanOptions(with_baselines=False, on_found=student.learn))
        return with_why(plan, vary or _not_asked, student, options)


def explained_folder(inputs: Inputs, options: WhyOptions = LONG) -> Plan:
    """The plan of a folder with its why."""
    return explained(inputs.load().scenario, options, lambda changes: inputs.load(changes).scenario)


def why(plan: Plan) -> Why:
    assert plan.why is not None
    return plan.why


def why_not(plan: Plan, offer: str) -> NotTaken:
    return next(row for row in why(plan).not_taken if row.offer == offer)


def _not_asked(changes: Sequence[Change]) -> Scenario:
    raise AssertionError(f"no rule should have been asked about: {changes}")

"""What knowing is worth: the two values and their bounds, from the figures that the plan states for each outlook.

    value of the stochastic solution = sum of p * plan for the mean - this plan
    value of perfect information     = this plan - sum of p * plan that foresees the outlook

Each cost lies between its bound and the plan found, so a difference a - b lies between bound(a) - found(b) and
found(a) - bound(b). Neither value can be negative; one that comes out below 0 may be told as 0.
"""

from dataclasses import dataclass

from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.figures import Inputs
from optimizer.audit.proof import HALF_A_CENT, money_tolerance
from optimizer.audit.totals import Objectives
from optimizer.plan import Bracketed, OutlookKnowledge, Plan, ValueOfKnowing

CENT = 0.01
"""The plan may round each of these figures."""


@dataclass(frozen=True)
class Between:
    """A cost: what is proven to be necessary, and what the plan found needs."""

    bound: float
    found: float

    def less(self, other: "Between") -> "Difference":
        """At least, as found, and at most."""
        return Difference(self.bound - other.found, self.found - other.found, self.found - other.bound)


@dataclass(frozen=True)
class Difference:
    """A difference of two costs with what is proven of it."""

    at_least: float
    found: float
    at_most: float


def check_knowing(inputs: Inputs, plan: Plan, objectives: Objectives, checks: Checks) -> None:
    """The figures of each outlook against each other, and the values that follow from them."""
    knowing = plan.knowing
    if knowing is None:
        return
    names = sorted(row.outlook for row in knowing.outlooks)
    wanted = sorted(inputs.probability) if len(inputs.probability) > 1 else ["more than one outlook"]
    if not checks.same("knowing.outlooks", ("value of knowing",), names, wanted):
        return
    for row in knowing.outlooks:
        _check_plan(row, objectives, checks)
        _check_bounds(row, money_tolerance(plan), checks)
    _check_values(inputs, plan, knowing, checks)


def _check_plan(row: OutlookKnowledge, objectives: Objectives, checks: Checks) -> None:
    own = float(objectives.by_outlook[row.outlook])
    stated = float(row.plan_usd)
    checks.close("knowing.plan", ("outlook", row.outlook), stated, own, "usd", rounded=HALF_A_CENT / ROUNDING)


def _check_bounds(row: OutlookKnowledge, cents: float, checks: Checks) -> None:
    """What is proven to be necessary in an outlook undercuts no plan for it."""
    place: Place = ("outlook", row.outlook)
    mean, bound = row.mean_plan_usd, row.mean_plan_bound_usd
    checks.same("knowing.bounds", (*place, "plan for the mean"), mean is None, bound is None, "is empty")
    for name, least, most in (
        ("bound and plan that foresees it", row.foreseen_bound_usd, row.foreseen_usd),
        ("bound and this plan", row.foreseen_bound_usd, float(row.plan_usd)),
        ("bound and plan for the mean", row.foreseen_bound_usd, mean),
        ("bound of the plan for the mean and that plan", bound, mean),
    ):
        if least is not None and most is not None:
            checks.at_most("knowing.bounds", (*place, name), least, most, "usd", rounded=cents / ROUNDING)


def _check_values(inputs: Inputs, plan: Plan, knowing: ValueOfKnowing, checks: Checks) -> None:
    chance = {outlook: float(share) for outlook, share in inputs.probability.items()}
    rows = knowing.outlooks
    this_plan = Between(plan.bound_usd, plan.incumbent_usd)
    foreseen = Between(
        sum(chance[row.outlook] * row.foreseen_bound_usd for row in rows),
        sum(chance[row.outlook] * row.foreseen_usd for row in rows),
    )
    cents = money_tolerance(plan)
    _check_bracket("perfect information", knowing.perfect_information, this_plan.less(foreseen), cents, checks)
    served = [row for row in rows if row.mean_plan_usd is not None]
    is_finite = len(served) == len(rows)
    value = knowing.stochastic_solution
    checks.same("knowing.bracket", ("stochastic solution", "has a value"), value is not None, is_finite)
    if value is not None and is_finite:
        mean = Between(
            sum(chance[row.outlook] * (row.mean_plan_bound_usd or 0.0) for row in rows),
            sum(chance[row.outlook] * (row.mean_plan_usd or 0.0) for row in rows),
        )
        checks.at_most(
            "knowing.bounds",
            ("all outlooks", "bound and plan for the mean"),
            this_plan.bound,
            mean.found,
            "usd",
            rounded=cents / ROUNDING,
        )
        _check_bracket("stochastic solution", value, mean.less(this_plan), cents, checks)


def _check_bracket(name: str, stated: Bracketed, own: Difference, cents: float, checks: Checks) -> None:
    """The three figures are those that follow from the outlooks, and are in order."""
    for side, found, expected in (
        ("at least", stated.at_least_usd, own.at_least),
        ("as found", stated.usd, own.found),
        ("at most", stated.at_most_usd, own.at_most),
    ):
        nearest = min((expected, max(0.0, expected)), key=lambda value: abs(value - found))
        checks.close("knowing.bracket", (name, side), found, nearest, "usd", rounded=CENT / ROUNDING)
    for least, most in ((stated.at_least_usd, stated.usd), (stated.usd, stated.at_most_usd)):
        checks.at_most("knowing.bracket", (name, "order"), least, most, "usd", rounded=cents / ROUNDING)

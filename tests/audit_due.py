"""The lines that the audit finds due for a plan."""

from decimal import localcontext

from contracts.terms.common import Nature
from optimizer.audit.checks import Checks
from optimizer.audit.due import MONEY, Due
from optimizer.audit.dues import lines_due
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import sift
from optimizer.plan import Plan


def due(plan: Plan, *natures: Nature) -> list[Due]:
    inputs = Inputs(plan.scenario)
    with localcontext(MONEY):
        lines = list(lines_due(inputs, sift(inputs, plan, Checks())))
    return [line for line in lines if line.nature in natures]

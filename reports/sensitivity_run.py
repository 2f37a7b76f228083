"""Moving the inputs of a plan to both of their ends while somebody watches: one line with a guess of the time left."""

import time
from collections.abc import Callable, Sequence

from optimizer.living.living import LivingModel
from optimizer.plan import Plan
from optimizer.sensitivity.measuring import SensitivityOptions, Step, with_sensitivity
from reports.console import ProgressLine
from reports.time_left import time_left_words
from scenarios.changes import Change
from scenarios.scenario import Scenario


def with_what_moves_it(
    plan: Plan,
    living: LivingModel,
    vary: Callable[[Sequence[Change]], Scenario],
    time_limit_s: float,
    line: ProgressLine,
) -> Plan:
    """The plan with its sensitivities, audited again; what the time or the user did not allow is named in it.

    `living` knows the plan already, so that no end begins from nothing.
    """
    began = time.monotonic()

    def tell(step: Step) -> None:
        line.part(step_words(step, time.monotonic() - began))

    return with_sensitivity(plan, vary, living, SensitivityOptions(time_limit_s, on_step=tell))


def step_words(step: Step, spent_s: float) -> str:
    """What is solved now, and for how long it may go on: as the steps before went, and never past the limit.

    >>> step_words(Step(5, 20, "demand of chat +10 %", left_s=300.0), 40.0)
    'sensitivity 5 of 20, demand of chat +10 %, about 3 min left'
    >>> step_words(Step(1, 20, "demand of chat -10 %", left_s=90.0), 0.0)
    'sensitivity 1 of 20, demand of chat -10 %, ends in 2 min at the latest'
    """
    done = step.number - 1
    head = f"sensitivity {step.number} of {step.of}, {step.name}"
    if not done:
        latest = time_left_words(None, step.left_s).removeprefix("no guess yet, the search ")
        return f"{head}, {latest}"
    left_s = min(spent_s / done * (step.of - done), step.left_s)
    return f"{head}, {time_left_words(left_s)}"

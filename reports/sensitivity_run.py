"""Moving the inputs of a plan to both of their ends while somebody watches: one line with a guess of the time left."""

import time
from collections.abc import Callable, Sequence

from optimizer.living.living import LivingModel
from optimizer.plan import Plan
from optimizer.sensitivity.measuring import SensitivityOptions, Step, with_sensitivity
from reports.console import ProgressLine
from reports.time_left import step_words
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
        line.part(step_words("sensitivity", step, time.monotonic() - began))

    return with_sensitivity(plan, vary, living, SensitivityOptions(time_limit_s, on_step=tell))

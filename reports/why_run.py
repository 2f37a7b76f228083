"""Asking why while somebody watches: one line with a guess of the time left."""

import time
from dataclasses import dataclass

from optimizer.plan import Plan
from optimizer.sensitivity.measuring import Step
from optimizer.why.answering import Student, with_why
from optimizer.why.asking import MOST, TIME_LIMIT_S, WhyOptions
from optimizer.why.rule_worth import Vary
from reports.console import ProgressLine
from reports.time_left import step_words


@dataclass(frozen=True)
class WhyAsked:
    """How many plans may be made again for it, and in how many seconds."""

    most: int = MOST
    time_limit_s: float = TIME_LIMIT_S


def with_reasons(plan: Plan, student: Student, vary: Vary, asked: WhyAsked, line: ProgressLine) -> Plan:
    """The plan with its why and why not, audited again; what number, time or user did not allow is named in it."""
    began = time.monotonic()

    def tell(step: Step) -> None:
        line.part(step_words("why", step, time.monotonic() - began))

    return with_why(plan, vary, student, WhyOptions(asked.most, asked.time_limit_s, on_step=tell))

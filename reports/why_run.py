"""Asking why while somebody watches: one line with a guess of the time left."""

import time
from dataclasses import dataclass

from optimizer.plan import Plan
from optimizer.why.answering import Student, with_why
from optimizer.why.asking import MOST, TIME_LIMIT_S, Step, WhyOptions
from optimizer.why.rule_worth import Vary
from reports.console import ProgressLine
from reports.time_left import time_left_words


@dataclass(frozen=True)
class WhyAsked:
    """How many plans may be made again for it, and in how many seconds."""

    most: int = MOST
    time_limit_s: float = TIME_LIMIT_S


def with_reasons(plan: Plan, student: Student, vary: Vary, asked: WhyAsked, line: ProgressLine) -> Plan:
    """The plan with its why and why not, audited again; what number, time or user did not allow is named in it."""
    began = time.monotonic()

    def tell(step: Step) -> None:
        line.part(why_words(step, time.monotonic() - began))

    return with_why(plan, vary, student, WhyOptions(asked.most, asked.time_limit_s, on_step=tell))


def why_words(step: Step, spent_s: float) -> str:
    """What is solved now, and for how long it may go on: as the steps before went, and never past the limit.

    >>> why_words(Step(5, 12, "without lose-cloud-a", left_s=300.0), 40.0)
    'why 5 of 12, without lose-cloud-a, about 2 min left'
    >>> why_words(Step(1, 12, "without lose-cloud-a", left_s=90.0), 0.0)
    'why 1 of 12, without lose-cloud-a, ends in 2 min at the latest'
    """
    done = step.number - 1
    head = f"why {step.number} of {step.of}, {step.name}"
    if not done:
        latest = time_left_words(None, step.left_s).removeprefix("no guess yet, the search ")
        return f"{head}, {latest}"
    left_s = min(spent_s / done * (step.of - done), step.left_s)
    return f"{head}, {time_left_words(left_s)}"

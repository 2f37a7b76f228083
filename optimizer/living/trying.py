"""A plan for a scenario, or why there is none: what every study of many scenarios needs to know to go on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from optimizer.faults import Impossible, NoPlan, SolverFault
from optimizer.finding import PlanOptions
from optimizer.plan import AuditVerdict, Plan, StopReason
from optimizer.plan_making import AuditFailed
from scenarios.scenario import Scenario


class Why(StrEnum):
    """Why there is no plan."""

    IMPOSSIBLE = "no plan can keep all rules"
    STOPPED = "stopped by the user before a plan was found"
    NO_TIME = "the time limit came before a plan was found"
    FAILED = "the solver failed, or the audit of the plan"


@dataclass(frozen=True)
class NoAnswer:
    """There is no plan."""

    why: Why
    reasons: tuple[str, ...]
    verdict: AuditVerdict | None = None
    """Of a plan that did not pass its audit."""

    def __str__(self) -> str:
        return "; ".join(self.reasons)


class Answered(Protocol):
    """An answer of a living model."""

    @property
    def plan(self) -> Plan:
        """Audited."""


A_co = TypeVar("A_co", bound=Answered, covariant=True)


class Answering(Protocol[A_co]):
    """What plans a scenario again and again: a living model."""

    def answer(self, scenario: Scenario, options: PlanOptions | None = None) -> A_co:
        """Plan and audit; raises what plan_fleet raises."""


def tried(model: Answering[A_co], scenario: Scenario, options: PlanOptions | None = None) -> A_co | NoAnswer:
    """The answer, or why there is none; what is not foreseen goes on upwards."""
    try:
        return model.answer(scenario, options)
    except Impossible as impossible:
        return NoAnswer(Why.IMPOSSIBLE, impossible.reasons)
    except NoPlan as none:
        why = Why.STOPPED if none.interrupted else Why.NO_TIME
        return NoAnswer(why, (why.value,))
    except KeyboardInterrupt:
        return NoAnswer(Why.STOPPED, (Why.STOPPED.value,))
    except SolverFault as fault:
        return NoAnswer(Why.FAILED, (f"the solver: {fault}",))
    except AuditFailed as failed:
        return NoAnswer(Why.FAILED, (f"the audit of its plan: {failed}",), failed.verdict)


def was_stopped(found: Answered | NoAnswer) -> bool:
    """Whether the user asked for a stop, with a plan at hand or without."""
    if isinstance(found, NoAnswer):
        return found.why is Why.STOPPED
    return found.plan.stop_reason is StopReason.STOPPED_BY_USER

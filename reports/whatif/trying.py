"""Plans for one scenario after another from a living model; what was planned already is not planned again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from optimizer.comparing.comparison import Outcome
from optimizer.faults import Impossible, NoPlan, SolverFault
from optimizer.living.living import LivingModel
from optimizer.plan import Plan, StopReason
from optimizer.run import AuditFailed, PlanOptions
from reports.audit_words import verdict_in_words
from scenarios.scenario import Scenario

STOPPED = "stopped by the user before it was planned"
NO_PLAN = "the time limit came before any plan was found; mend: a higher --time-limit"


@dataclass(frozen=True)
class Refused:
    """Why something has no plan."""

    outcome: Outcome
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.outcome.value}: {'; '.join(self.reasons)}"


@dataclass
class Planner:
    """Answers with a plan, or why there is none; once the user stops one, no other is begun."""

    model: LivingModel
    options: PlanOptions
    stopped: bool = False
    _known: dict[str, Plan | Refused] = field(default_factory=dict)

    def base(self, scenario: Scenario) -> Plan:
        """The first plan; raises what plan_fleet raises."""
        plan = self._planned(scenario)
        self._known[plan.fingerprint] = plan
        return plan

    def answer(self, scenario: Scenario) -> Plan | Refused:
        """The plan of a scenario; the same inputs are planned once, however they came about."""
        fingerprint = scenario.fingerprint()
        if fingerprint not in self._known:
            self._known[fingerprint] = self._tried(scenario)
        known = self._known[fingerprint]
        return known.model_copy(update={"scenario": scenario}) if isinstance(known, Plan) else known

    def _tried(self, scenario: Scenario) -> Plan | Refused:
        if self.stopped:
            return Refused(Outcome.NOT_SOLVED, (STOPPED,))
        with refusals() as refused:
            self.model.forget()  # so that an answer does not depend on the order of the variants
            return self._planned(scenario)
        self.stopped = self.stopped or refused.reasons == (STOPPED,)
        return Refused(refused.outcome, refused.reasons)

    def _planned(self, scenario: Scenario) -> Plan:
        plan = self.model.answer(scenario, self.options).plan
        self.stopped = self.stopped or plan.stop_reason is StopReason.STOPPED_BY_USER
        return plan


@dataclass
class Refusing:
    """What a block of `refusals` was left with."""

    outcome: Outcome = Outcome.NOT_SOLVED
    reasons: tuple[str, ...] = ()


@contextmanager
def refusals() -> Iterator[Refusing]:
    """Whatever foreseen fault keeps a scenario from being planned is noted; what is not foreseen goes on upwards."""
    found = Refusing()
    try:
        yield found
    except Impossible as impossible:
        found.outcome, found.reasons = Outcome.IMPOSSIBLE, impossible.reasons
    except NoPlan as none:
        found.reasons = (STOPPED if none.interrupted else NO_PLAN,)
    except KeyboardInterrupt:
        found.reasons = (STOPPED,)
    except SolverFault as fault:
        found.reasons = (f"the solver: {fault}",)
    except AuditFailed as failed:
        found.reasons = (verdict_in_words(failed.verdict),)

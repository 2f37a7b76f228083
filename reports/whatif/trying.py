"""Plans for one scenario after another from a living model; what was planned already is not planned again."""

from dataclasses import dataclass, field

from optimizer.comparing.comparison import Outcome
from optimizer.living.living import LivingModel
from optimizer.living.trying import NoAnswer, Why, tried, was_stopped
from optimizer.plan import Plan
from optimizer.run import PlanOptions
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
        answer = self.model.answer(scenario, self.options)
        self.stopped = was_stopped(answer)
        self._known[answer.plan.fingerprint] = answer.plan
        return answer.plan

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
        self.model.forget()  # so that an answer does not depend on the order of the variants
        found = tried(self.model, scenario, self.options)
        self.stopped = was_stopped(found)
        return _refused(found) if isinstance(found, NoAnswer) else found.plan


def _refused(found: NoAnswer) -> Refused:
    if found.why is Why.IMPOSSIBLE:
        return Refused(Outcome.IMPOSSIBLE, found.reasons)
    if found.verdict is not None:
        return Refused(Outcome.NOT_SOLVED, (verdict_in_words(found.verdict),))
    own = {Why.STOPPED: (STOPPED,), Why.NO_TIME: (NO_PLAN,)}
    return Refused(Outcome.NOT_SOLVED, own.get(found.why, found.reasons))

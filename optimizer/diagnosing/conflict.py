"""Rules that cannot hold together: a deletion filter, which takes out many at once as long as that changes nothing."""

from dataclasses import dataclass

from optimizer.diagnosing.rules import Rule, without
from optimizer.diagnosing.tries import Tries, Verdict


@dataclass(frozen=True)
class Conflict:
    """What is left of the rules when all are out that can be spared."""

    needed: tuple[Rule, ...]
    """Without any one of them a plan exists."""
    undecided: tuple[Rule, ...]
    """Whether they can be spared was not settled."""
    is_supply_alone: bool
    """Without any rule there is no plan either."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of them, in no order that matters."""
        return (*self.needed, *self.undecided)


def conflict_of(tries: Tries, rules: tuple[Rule, ...]) -> Conflict:
    """A set of rules that cannot hold together with the supply.

    Rules are taken out in halves: a half that can be spared, all others that are still in kept, stays out. What
    cannot is halved again down to single rules, so each that is left was tried alone against all that are left.
    """
    scenario = tries.problem.scenario
    needed: list[Rule] = []
    undecided: list[Rule] = []
    out: list[Rule] = []
    waiting = [rules]
    while waiting:
        few = waiting.pop()
        if not few:
            continue
        verdict = tries.possible(without(scenario, (*out, *few)), _said(few, len(rules)))
        if verdict is Verdict.IMPOSSIBLE:
            out += few
        elif len(few) > 1 and not tries.is_over:
            middle = len(few) // 2
            waiting += [few[middle:], few[:middle]]
        elif verdict is Verdict.POSSIBLE and len(few) == 1:
            needed += few
        else:
            undecided += few
    return Conflict(tuple(needed), tuple(undecided), is_supply_alone=not needed and not undecided)


def _said(few: tuple[Rule, ...], count: int) -> str:
    if len(few) == count:
        return "without any rule"
    return f"without {few[0].words}" if len(few) == 1 else f"without {len(few)} of {count} rules"

"""The use case: an offer and questions in, brackets and worths with their proofs out (decision 0024)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from importlib.metadata import version

from catalog.findings import did_you_mean
from optimizer.living.conditions import Condition, Measured
from optimizer.negotiating.asking import Asker, Budget, Case, Load
from optimizer.negotiating.bracketing import Ended, Found, Search, Try, search
from optimizer.negotiating.clause_worth import valued
from optimizer.negotiating.clauses import Clause, clauses_of
from optimizer.negotiating.haircuts import haircut_of
from optimizer.negotiating.least_use import least_use
from optimizer.negotiating.offers import CannotNegotiate, Dial, Offer, offer_of, price_of
from optimizer.negotiating.proofs import Sign, Trial
from optimizer.negotiating.records import Bracket, ClauseWorth, Negotiation, NotAsked, Solve, TrialMade
from optimizer.negotiating.wanted import ShareAsked, Wanted, caveats
from scenarios.scenario import Scenario

ENTERS, CLAUSES, HAIRCUT = "enters", "clauses", "haircut"
TRIES = 4
"""A bracket takes about so many solves more than a clause does: it gets as much more of the time."""
HAIRCUT_TOLERANCE = Decimal("0.01")


def negotiate(
    load: Load,
    name: str,
    wanted: Wanted,
    *,
    tell: Callable[[str], None] = lambda what: None,
    budget: Budget | None = None,
) -> Negotiation:
    """Answer what is asked of an offer, as far as the time allows; raises CannotNegotiate for what is no offer.

    Raises InputRejected where the scenario itself is refused. All that happens to single questions is in the answer.
    """
    scenario = load(())
    offer = offer_of(scenario, name)
    _refuse_unknown_workloads(scenario, wanted)
    price = price_of(scenario, offer, wanted.tolerance_share)
    budget = budget or Budget(wanted.time_limit_s)
    with Asker(load, name, budget, tell) as asker:
        table = _Table(scenario, offer, price, wanted, asker, least_use(scenario, offer))
        table.ask_all()
        return table.negotiation()


def _refuse_unknown_workloads(scenario: Scenario, wanted: Wanted) -> None:
    known = [row.workload for row in scenario.workloads]
    for asked in wanted.shares:
        if asked.workload is not None and asked.workload not in known:
            raise CannotNegotiate(f'there is no workload "{asked.workload}": {did_you_mean(asked.workload, known)}')


@dataclass(frozen=True)
class _Sides:
    """The two cases of a bracket at a value."""

    with_it: Callable[[Decimal], Case]
    without: Callable[[Decimal], Case]
    slope_divisor: Callable[[Decimal], Decimal] = lambda value: value
    """What the offer costs, divided by this, is about what it costs more for each unit of the value."""


@dataclass(frozen=True)
class _Question:
    """One question, its weight when time is shared out, and how it is asked."""

    name: str
    weight: float
    ask: Callable[[], None]


@dataclass
class _Table:
    """All that is asked about one offer, and what has come of it."""

    scenario: Scenario
    offer: Offer
    price: Dial
    wanted: Wanted
    asker: Asker
    least: float
    """From how much on it counts as used."""
    brackets: dict[str, Bracket] = field(default_factory=dict)
    clauses: tuple[ClauseWorth, ...] = ()
    valued_at: Decimal | None = None
    """The price at which clauses are valued, once it is known: a bracket that narrows later does not move it."""
    not_asked: dict[str, NotAsked] = field(default_factory=dict)

    def ask_all(self) -> None:
        """Ask one after the other, each in its part of the time that is left; then what was stopped, with the rest.

        What is known is not asked for twice, so a question that is asked again goes on where it was stopped.
        """
        questions = list(self._questions())
        for again in (False, True):
            left = [question for question in questions if not again or not self._is_answered(question.name)]
            for i, question in enumerate(left):
                self.asker.budget.allot(question.weight / sum(other.weight for other in left[i:]))
                question.ask()

    def _questions(self) -> Iterator[_Question]:
        yield _Question(ENTERS, TRIES, self._enters)
        if self.wanted.with_clauses:
            clauses = list(self._clauses())
            yield _Question(CLAUSES, 1 + len(clauses), partial(self._value, clauses))
        for asked in self.wanted.shares:
            yield _Question(asked.name, TRIES, partial(self._takes, asked))
        if self.wanted.with_haircut:
            yield _Question(HAIRCUT, TRIES, self._haircut)

    def _is_answered(self, question: str) -> bool:
        """Whether more time would not help."""
        if question == CLAUSES:
            return all(clause.is_final and clause.verdict != "not distinguishable" for clause in self.clauses)
        if question in self.brackets:
            return self.brackets[question].ended is not Ended.stopped
        return question in self.not_asked and self.not_asked[question].is_final

    def _enters(self) -> None:
        used, unused = self._orders()
        self.asker.ask(ENTERS, Case(), value=self.price.asked)
        sides = _Sides(
            lambda value: Case(self.price.changes(value), (used,)),
            lambda value: Case(self.price.changes(value) if self._counts_unused else (), (unused,)),
        )
        self._bracket(ENTERS, "price up to which it is in the plan", self.price, sides)

    @property
    def _counts_unused(self) -> bool:
        """Whether its price matters to plans that do not use it: one on demand is what emergencies cost, what other
        contracts compare with, and what commitments cover; anything else costs the same at any price."""
        return self.offer.kind == "on demand"

    def _orders(self) -> tuple[Condition, Condition]:
        name = self.offer.name
        used = Condition(name, Measured.ORDER, at_least=self.least)
        return used, Condition(name, Measured.ORDER, at_most=0.0)

    def _takes(self, asked: ShareAsked) -> None:
        reason = self._why_no_share(asked)
        if reason:
            self._refuse(asked.name, asked.said, reason)
            return
        measured = Measured.SPEND if asked.workload is None else Measured.TOKENS
        share = float(asked.share)
        least = Condition(self.offer.name, measured, asked.workload, at_least=share)
        most = Condition(self.offer.name, measured, asked.workload, at_most=share)
        sides = _Sides(
            lambda value: Case(self.price.changes(value), (least,)),
            lambda value: Case(self.price.changes(value), (most,)),
        )
        self._bracket(asked.name, asked.said, self.price, sides)

    def _why_no_share(self, asked: ShareAsked) -> str:
        if self.offer.table != "spend_commitments":
            return ""
        if asked.workload is None:
            return "what a spend commitment covers is charged by its own contract: ask for the price at which it enters"
        return "a spend commitment serves no tokens: ask for the price at which it enters"

    def _haircut(self) -> None:
        said = "haircut on its goodput up to which it pays"
        try:
            haircut = haircut_of(self.scenario, self.offer)
        except CannotNegotiate as refused:
            self._refuse(HAIRCUT, said, str(refused))
            return
        used, unused = self._orders()
        sides = _Sides(
            lambda value: Case(haircut.changes(value), (used,)),
            lambda value: Case(haircut.changes(value), (unused,)),
            lambda value: 1 - value,
        )
        others = f", {haircut.graded_otherwise} of {haircut.classes} classes rest on another grade"
        rests = f"{haircut.grade.value} goodput of {haircut.accelerator}{others if haircut.graded_otherwise else ''}"
        self._bracket(HAIRCUT, f"{said} ({rests})", haircut.dial(HAIRCUT_TOLERANCE), sides)

    def _bracket(self, question: str, said: str, dial: Dial, sides: _Sides) -> None:
        begun = self.asker.budget.elapsed_s()
        made: list[TrialMade] = []
        trials: list[Trial] = []
        self.asker.so_far = ""
        notes: list[str] = []

        def ask(step: Try) -> Trial | None:
            solves = [
                self.asker.ask(question, side(step.value), value=step.value, sharpness=step.sharpness)
                for side in (sides.with_it, sides.without)
            ]
            with_it, without = solves
            if with_it is None or without is None:
                return None
            trial = _trial(step, with_it, without, sides.slope_divisor(step.value))
            trials.append(trial)
            self.asker.so_far = _so_far(trials)
            made.append(
                TrialMade(value=step.value, sign=trial.sign, with_solve=with_it.number, without_solve=without.number)
            )
            broken = [solve for solve in (with_it, without) if solve.outcome in ("refused", "failed", "no_plan")]
            notes.extend(f"solve {solve.number}: {solve.note}" for solve in broken)
            return None if broken else trial

        wanted = Search(dial.asked, dial.lowest, dial.highest, dial.tolerance, dial.step)
        found = search(wanted, ask)
        self.asker.so_far = ""
        if not made:
            self._refuse(question, said, NO_TIME, is_final=False)
            return
        self.not_asked.pop(question, None)
        before = self.brackets.get(question)
        elapsed_s = self.asker.budget.elapsed_s() - begun + (0.0 if before is None else before.elapsed_s)
        now = _bracket(question, said, dial, found, tuple(made), elapsed_s, "; ".join(notes))
        self.brackets[question] = now if before is None else _narrower(before, now)

    def _refuse(self, question: str, said: str, reason: str, *, is_final: bool = True) -> None:
        self.not_asked[question] = NotAsked(question=question, said=said, reason=reason, is_final=is_final)

    def _clauses(self) -> Iterator[Clause]:
        for asked in clauses_of(self.scenario, self.offer):
            if isinstance(asked, Clause):
                yield asked
            else:
                self._refuse(asked.name.replace(" ", "-"), asked.name, asked.reason)

    def _value(self, clauses: list[Clause]) -> None:
        price = self._clauses_at
        self.clauses = tuple(valued(self.asker, self.price.changes(price), clauses))
        if any(clause.usd is not None for clause in self.clauses):
            self.valued_at = price

    @property
    def _clauses_at(self) -> Decimal:
        if self.valued_at is not None:
            return self.valued_at
        entry = self.brackets.get(ENTERS)
        if entry is None or entry.asked_sign is not Sign.OUT or entry.proven_in is None:
            return self.price.asked
        return entry.proven_in.value

    def negotiation(self) -> Negotiation:
        """The answer so far."""
        asker = self.asker
        ended = "stopped by user" if asker.stopped else "time" if asker.ran_out else "done"
        answer = Negotiation(
            scenario=self.scenario.scenario,
            fingerprint=self.scenario.fingerprint(),
            order_date=self.scenario.run.order_date,
            made_by=f"siliconmix {version('siliconmix')}",
            offer=self.offer.name,
            kind=self.offer.kind,
            provider=self.offer.provider,
            offering=self.offer.offering or "",
            price_unit=self.price.unit,
            asked_price=self.price.asked,
            brackets=tuple(self.brackets.values()),
            clauses_at=self._clauses_at,
            clauses=self.clauses,
            not_asked=tuple(self.not_asked.values()),
            solves=tuple(asker.solves),
            ended="done",
            elapsed_s=asker.budget.elapsed_s(),
            time_limit_s=asker.budget.total_s,
            tolerance_share=float(self.wanted.tolerance_share),
            notes=tuple(caveats(self.scenario, self.offer, self.wanted)),
            input_hashes=self.scenario.input_files,
        )
        return answer if answer.is_whole else answer.model_copy(update={"ended": ended})


def _narrower(before: Bracket, now: Bracket) -> Bracket:
    """The bracket of a question that was asked twice: the earlier one where the later search came to less."""
    if _width(now) <= _width(before):
        return now
    return before.model_copy(update={"elapsed_s": now.elapsed_s})


def _width(bracket: Bracket) -> Decimal:
    """From the last value proven in to the first proven out; infinite where one of them is not known."""
    if bracket.ended is not Ended.stopped:
        return Decimal(0)
    if bracket.proven_in is None or bracket.proven_out is None:
        return Decimal("Infinity")
    return bracket.proven_out.value - bracket.proven_in.value


def _so_far(trials: Sequence[Trial]) -> str:
    inside = [trial.value for trial in trials if trial.sign is Sign.IN]
    outside = [trial.value for trial in trials if trial.sign is Sign.OUT]
    known = [f"in at {max(inside):f}"] if inside else []
    known += [f"out at {min(outside):f}"] if outside else []
    return f"; so far {', '.join(known)}" if known else ""


NO_TIME = "there was no time left for it"


def _trial(step: Try, with_it: Solve, without: Solve, divisor: Decimal) -> Trial:
    own = (with_it.own_usd or 0.0) - (without.own_usd or 0.0)
    return Trial(
        value=step.value,
        with_it=with_it.proven,
        without=without.proven,
        sharpness=step.sharpness,
        slope_usd=own / float(divisor) if divisor else None,
    )


def _bracket(
    question: str, said: str, dial: Dial, found: Found, made: tuple[TrialMade, ...], elapsed_s: float, note: str
) -> Bracket:
    latest = {trial.value: trial for trial in made}
    below, above = found.proven_in, found.proven_out
    return Bracket(
        question=question,
        said=said,
        unit=dial.unit,
        asked_value=dial.asked,
        asked_sign=latest[dial.asked].sign,
        proven_in=None if below is None else latest[below.value],
        proven_out=None if above is None else latest[above.value],
        lowest=dial.lowest,
        highest=dial.highest,
        tolerance=dial.tolerance,
        ended=found.ended,
        trials=made,
        elapsed_s=elapsed_s,
        note=note[:1000],
    )

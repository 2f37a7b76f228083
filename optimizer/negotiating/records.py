"""A negotiation as plain frozen data: brackets, worths of clauses, and every solve that they rest on."""

from datetime import date
from decimal import Decimal
from typing import Literal

from catalog.records import Id, Record, Text
from optimizer.negotiating.bracketing import Ended
from optimizer.negotiating.proofs import IMPOSSIBLE, NOTHING_KNOWN, Proven, Sign
from scenarios.scenario import InputFile

NEGOTIATION_FORMAT: Literal["siliconmix-negotiation-1"] = "siliconmix-negotiation-1"

Outcome = Literal["solved", "impossible", "refused", "no_plan", "failed"]
"""refused: the inputs with the change are; no_plan: none was found in the time there was; failed: the solver did."""


class Solve(Record):
    """One question to the solver, and its proof."""

    number: int
    question: Id
    """The bracket or the clause for which it was asked."""
    value: Decimal | None
    """Value of what is turned; None where nothing is."""
    condition: Text
    """What the plan had to keep beyond the rules of the scenario; blank: nothing."""
    changes: tuple[Text, ...]
    """What was changed of the inputs."""
    outcome: Outcome
    sharpness: int
    """How often the asked gap was tightened to a quarter."""
    incumbent_usd: float | None = None
    bound_usd: float | None = None
    asked_gap_share: float
    asked_gap_usd: float
    rounding_usd: float = 0.0
    """What rounding to the cent may be off in all."""
    own_usd: float | None = None
    """What the offer itself costs in this plan, of the objective."""
    is_used: bool = False
    """Whether the plan uses the offer."""
    how: Text = ""
    """anew, or patched: on from an earlier solve."""
    elapsed_s: float
    fingerprint: Text = ""
    """Of the inputs that were solved."""
    note: Text = ""
    """Why there is no plan."""

    @property
    def proven(self) -> Proven:
        """Between what the least cost lies."""
        if self.outcome == "impossible":
            return IMPOSSIBLE
        if self.incumbent_usd is None or self.bound_usd is None:
            return NOTHING_KNOWN
        return Proven(self.bound_usd, self.incumbent_usd, self.rounding_usd)


class TrialMade(Record):
    """One value that was tried, and what it proved by which solves."""

    value: Decimal
    sign: Sign
    with_solve: int
    without_solve: int


class Bracket(Record):
    """Between which two values an offer leaves the plan, or no longer takes a share."""

    question: Id
    said: Text
    """What is asked."""
    unit: Text
    asked_value: Decimal
    asked_sign: Sign
    proven_in: TrialMade | None
    """The highest value at which it is proven to be in."""
    proven_out: TrialMade | None
    """The lowest value above that at which it is proven to be out."""
    lowest: Decimal
    highest: Decimal
    """No value beyond these two was to be tried."""
    tolerance: Decimal
    """The bracket was to be so narrow."""
    ended: Ended
    trials: tuple[TrialMade, ...]
    """In the order in which they were made."""
    elapsed_s: float
    note: Text = ""
    """Why it was stopped, where it was."""

    @property
    def is_answered(self) -> bool:
        """Whether it is as narrow as asked, or does not need to be."""
        return self.ended in (Ended.narrow, Ended.in_at_highest, Ended.out_at_lowest)


class NotAsked(Record):
    """A question that this offer or this scenario cannot answer, or that there was no time for."""

    question: Id
    said: Text
    reason: Text
    is_final: bool
    """True where more time would not help."""


Verdict = Literal["worth something", "costs something", "worth nothing", "not distinguishable"]
"""What the interval of a worth proves, with what it may be off; the last: nothing, for want of a gap that is small."""


class ClauseWorth(Record):
    """What one clause is worth: the least cost without it less the least cost with it."""

    clause: Text
    is_there: bool
    """Whether the offer has it: its worth is then that of keeping it, else that of getting it."""
    said: Text
    """What is compared."""
    at_least_usd: float | None
    """None where one side has no proof."""
    usd: float | None
    """Of the plans found."""
    at_most_usd: float | None
    with_solve: int
    without_solve: int
    verdict: Verdict
    reason: Text = ""
    """Why there is no figure."""
    is_final: bool = True
    """False where more time might give a figure."""


class Negotiation(Record):
    """All that was asked about one offer, and what came of it."""

    format: Literal["siliconmix-negotiation-1"] = NEGOTIATION_FORMAT
    scenario: Id
    fingerprint: Text
    order_date: date
    made_by: Text
    """Program and version."""
    offer: Id
    kind: Text
    provider: Text
    offering: Text
    """Blank for what sells no nodes of one offering."""
    price_unit: Text
    asked_price: Decimal
    brackets: tuple[Bracket, ...]
    clauses_at: Decimal
    """Price at which the clauses are valued: the asked one, or the highest proven in where that one is out."""
    clauses: tuple[ClauseWorth, ...]
    not_asked: tuple[NotAsked, ...]
    solves: tuple[Solve, ...]
    ended: Literal["done", "time", "stopped by user"]
    elapsed_s: float
    time_limit_s: float
    tolerance_share: float
    notes: tuple[Text, ...]
    """What the figures do not say."""
    input_hashes: tuple[InputFile, ...]

    @property
    def is_whole(self) -> bool:
        """Whether everything that was asked has its answer."""
        return (
            all(bracket.is_answered for bracket in self.brackets)
            and all(clause.is_final for clause in self.clauses)
            and all(question.is_final for question in self.not_asked)
        )

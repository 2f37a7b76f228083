"""The haircut on what an offer's nodes are counted to carry, as a dial: of this offer's accelerator alone.

A haircut h takes 1 - h of a goodput, so a haircut h instead of the policy's h0 is every point and claim of the
accelerator times (1 - h) / (1 - h0); and what is claimed against it is divided by the same, so that no other
accelerator moves.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Context, Decimal

from catalog.records import Evidence
from catalog.serving import Serving
from optimizer.eligibility import eligibility
from optimizer.negotiating.offers import CannotNegotiate, Dial, Offer
from scenarios.changes import Change, Verb
from scenarios.scenario import Scenario

STEP = Decimal("0.001")
HIGHEST = Decimal("0.99")
_DIGITS = Context(prec=15)


@dataclass(frozen=True)
class Haircut:
    """The grade of evidence that most classes on the offering rest on, and its haircut now."""

    scenario: Scenario
    accelerator: str
    grade: Evidence
    now: Decimal
    classes: int
    graded_otherwise: int
    """Classes on the offering that rest on another grade; their goodput moves by the same factor."""

    def dial(self, tolerance: Decimal) -> Dial:
        """The haircut as a dial, without paths of its own."""
        return Dial(
            unit="haircut",
            asked=self.now,
            lowest=Decimal(0),
            highest=max(HIGHEST, self.now),
            step=STEP,
            tolerance=max(tolerance, 4 * STEP),
            paths=(),
        )

    def changes(self, value: Decimal) -> tuple[Change, ...]:
        """The changes that make the goodput of the accelerator be counted with a haircut."""
        if value == self.now:
            return ()
        factor = _DIGITS.divide(1 - value, 1 - self.now)
        catalog = self.scenario.catalog
        points = [
            Change(verb=Verb.SET, path=f"goodput_points.{row.point}.output_tok_per_s", value=f"*{factor:f}")
            for row in catalog.goodput_points
            if row.accelerator == self.accelerator
        ]
        gains = []
        for row in catalog.claims:
            gain = 1 + Decimal(repr(row.gain_share))
            if row.accelerator == self.accelerator:
                gains.append((row.claim, _DIGITS.multiply(gain, factor) - 1))
            if row.baseline_accelerator == self.accelerator:
                gains.append((row.claim, _DIGITS.divide(gain, factor) - 1))
        claims = [Change(verb=Verb.SET, path=f"claims.{name}.gain_share", value=f"={gain:f}") for name, gain in gains]
        return (*points, *claims)


def haircut_of(scenario: Scenario, offer: Offer) -> Haircut:
    """What an offer's goodput rests on; raises CannotNegotiate where it serves nothing or by no goodput."""
    if offer.offering is None:
        raise CannotNegotiate(f"{offer.name} sells no nodes, so no goodput is claimed for it")
    servings = [s for (_, _, o), s in eligibility(scenario).servings.items() if o == offer.offering]
    if not servings:
        raise CannotNegotiate(f"{offer.offering} may serve no workload, whatever its goodput")
    return _of_most(scenario, offer, servings)


def _of_most(scenario: Scenario, offer: Offer, servings: list[Serving]) -> Haircut:
    grades = Counter(serving.evidence for serving in servings)
    grade = max(grades, key=lambda each: (grades[each], each.rank))
    now = next(serving.haircut_share for serving in servings if serving.evidence is grade)
    if now >= 1:
        raise CannotNegotiate(f"the policy counts nothing of goodput that is {grade.value}")
    assert offer.offering is not None
    return Haircut(
        scenario=scenario,
        accelerator=scenario.catalog.offering[offer.offering].accelerator,
        grade=grade,
        now=Decimal(repr(now)),
        classes=len(servings),
        graded_otherwise=len(servings) - grades[grade],
    )

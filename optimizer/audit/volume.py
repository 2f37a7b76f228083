"""Volume tiers again: what is used and bought in every window, and which part has which price."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from contracts.calendar import Month
from contracts.terms.volume import TierRule, VolumePriced
from optimizer.audit.checks import Checks, Place
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import VolumeWindow

NOTHING = Decimal(0)
SLIVER = Decimal("1e-9")
"""Node-hours: the threshold of a cut window is a quotient, and what is bought up to it has nine decimals."""


@dataclass(frozen=True)
class Purchase:
    """What is used and bought in one window of an outlook."""

    outlook: str
    terms: VolumePriced
    first: Month
    end: Month
    used: Decimal
    bought: Decimal
    """As the plan states it under an all-units rule, else what is used."""
    row: VolumeWindow | None

    @property
    def place(self) -> Place:
        """What tells it from all others."""
        return self.outlook, self.terms.contract, self.first


@dataclass(frozen=True)
class Part:
    """A part of a purchase that has one price."""

    node_hours: Decimal
    price: Decimal
    is_quotient: bool


def purchases(inputs: Inputs, stated: Statements) -> Iterator[Purchase]:
    """Every window in which something is used, or said to be bought; call inside the context of money."""
    if not any(isinstance(terms, VolumePriced) for terms in inputs.terms.values()):
        return
    used: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for usage in stated.usages:
        terms = inputs.terms[usage.contract]
        if isinstance(terms, VolumePriced):
            first = _window_of(inputs, terms, usage.month)
            hours = inputs.block_hours[usage.month][usage.block]
            used[usage.outlook, usage.contract, first] += exact(usage.nodes) * hours
    rows = {(row.outlook, row.contract, row.first): row for row in stated.bought.volume}
    for key in (*used, *(key for key in rows if key not in used)):
        outlook, contract, first = key
        terms = inputs.terms[contract]
        assert isinstance(terms, VolumePriced), "sifted"
        row = rows.get(key)
        end = min(first + terms.window_months, inputs.end)
        spent = used.get(key, NOTHING)
        is_more = row is not None and terms.tier_rule is TierRule.ALL_UNITS
        bought = row.bought_node_hours if row is not None and is_more else spent
        yield Purchase(outlook, terms, first, end, spent, bought, row)


def _window_of(inputs: Inputs, terms: VolumePriced, month: Month) -> Month:
    """First month of the window that the month belongs to."""
    return month + -((month - inputs.first) % terms.window_months)


def parts(inputs: Inputs, purchase: Purchase) -> Iterator[Part]:
    """The purchase by price; thresholds of a window that the horizon cuts count by its months."""
    terms = purchase.terms
    inside = purchase.end - purchase.first
    is_cut = inside < terms.window_months
    tiers = [
        (tier.from_node_hours * inside / terms.window_months, tier.price_usd_per_node_hour)
        for tier in inputs.volume_tiers.get(terms.contract, ())
    ]
    if terms.tier_rule is TierRule.ALL_UNITS:
        reached = [price for threshold, price in tiers if purchase.bought >= threshold - SLIVER]
        if purchase.bought and reached:
            yield Part(purchase.bought, reached[-1], False)
        return
    for i, (threshold, price) in enumerate(tiers):
        upper = min(tiers[i + 1][0], purchase.bought) if i + 1 < len(tiers) else purchase.bought
        if upper > threshold:
            yield Part(upper - threshold, price, is_cut)


def check_volume(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every window with purchases, once, with exact figures."""
    with localcontext(MONEY):
        for purchase in purchases(inputs, stated):
            row, place = purchase.row, purchase.place
            is_due = purchase.bought > 0
            first = _window_of(inputs, purchase.terms, purchase.first)
            is_a_window = purchase.first in inputs.hours and first == purchase.first
            checks.true(
                "volume.windows",
                place,
                (row is not None) == is_due and is_a_window,
                left="a row" if row else "no row",
                operator="but",
                right=f"{purchase.bought} bought" if is_a_window else "no window begins then",
                unit="node_hour",
            )
            if row is None:
                continue
            checks.same("volume.windows", place, row.end, purchase.end)
            checks.same("volume.used", place, row.used_node_hours, purchase.used, "node_hour")
            if purchase.terms.tier_rule is TierRule.INCREMENTAL:
                checks.same("volume.bought", place, row.bought_node_hours, purchase.used, "node_hour")
            else:
                checks.true(
                    "volume.bought",
                    place,
                    row.bought_node_hours >= purchase.used,
                    left=row.bought_node_hours,
                    operator=">=",
                    right=purchase.used,
                    unit="node_hour",
                )

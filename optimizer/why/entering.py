"""At which price would an offer pay, if all other orders stayed as they are? A linear program, and one more per order.

All whole columns are held as the plan has them, the rest is free. First a hair of every offer that the plan does not
take is held in each of its ways in, so that what it would be used for is not hidden by what is not there (a node that
nobody has may be worth anything); the reduced cost of a way in is what the cost of the whole rises by:

    rise     of what is paid by the hour or the token: its reduced cost, of which any amount can be taken
             of an order: in its way in with the least reduced cost, the least cost with the whole smallest order, less
             the least cost without
    paid     what is paid for it at its price now; with a minimum, for what would be used of it, and no less
    enters   price now * (1 - rise / paid)

It is an estimate, and low rather than high: below it one smallest order saves money with nothing else changed, so the
plan is not without the offer (but for its gap). Where other orders make room, it may enter at a higher price.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Arrays
from optimizer.finding import solve_options
from optimizer.living.living import LivingModel
from optimizer.solve_protocol import Held, HeldReply, SolveOptions
from optimizer.why.remembering import Floats, Remembered, WayIn

HAIR = 1e-3
"""So much of a smallest order is held at first, and of the little that is paid by the hour."""


@dataclass(frozen=True)
class _Best:
    """The way in of an offer that costs least, and its price as a share of the price now, as a hair sees it."""

    offer: str
    way: WayIn
    share: float


def entering_shares(
    living: LivingModel, known: Remembered, offers: Iterable[str], time_limit_s: float
) -> dict[str, float]:
    """By offer: its price in the estimate as a share of the price now, 0 where not even a gift pays.

    `living` has learned from the plan. Without those for which there was no time.
    """
    ways = {offer: known.ways[offer] for offer in offers if known.ways.get(offer)}
    if not ways:
        return {}
    options = replace(solve_options(known.problem, known.money_scale_usd), time_limit_s=time_limit_s)
    rise = _reduced_costs(living, known, ways, options)
    if rise is None:
        return {}
    best = [found for offer, several in ways.items() if (found := _best(known, rise, offer, several)) is not None]
    orders = [each for each in best if each.way.is_order]
    shares = {each.offer: each.share for each in best if not each.way.is_order}
    shares |= _of_orders(living, known, orders, options)
    return {offer: max(0.0, share) for offer, share in shares.items()}


def _reduced_costs(
    living: LivingModel, known: Remembered, ways: Mapping[str, tuple[WayIn, ...]], options: SolveOptions
) -> Floats | None:
    """With a hair of every offer; without where rules have no room for all of them together."""
    for arrays in (_with_a_hair(known, ways), held_as_planned(known)):
        reduced_cost = living.priced(arrays, options).reduced_cost
        if reduced_cost is not None:
            return reduced_cost
    return None


def held_as_planned(known: Remembered) -> Arrays:
    """Whole columns as the plan has them, and continuous."""
    arrays = known.arrays
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    lower[arrays.integer] = upper[arrays.integer] = np.rint(known.values[arrays.integer])
    return replace(arrays, lower=lower, upper=upper, integer=np.zeros_like(arrays.integer))


def _with_a_hair(known: Remembered, ways: Mapping[str, tuple[WayIn, ...]]) -> Arrays:
    held, whole = held_as_planned(known), known.arrays.integer
    for way in (way for several in ways.values() for way in several):
        for column, amount in zip(way.columns, way.amounts, strict=True):
            if whole[column]:
                held.lower[column] = held.upper[column] = held.lower[column] + HAIR * amount
            elif not way.is_order:
                held.lower[column] = max(held.lower[column], HAIR * amount)
    return held


def _best(known: Remembered, reduced_cost: Floats, offer: str, several: tuple[WayIn, ...]) -> _Best | None:
    """The best way in; None where nothing is paid by the price of the offer."""
    found = []
    for way in several:
        rise = known.money_scale_usd * sum(
            amount * float(reduced_cost[column])
            for column, amount in zip(way.columns, way.amounts, strict=True)
            if known.arrays.integer[column] or not way.is_order
        )
        paid = _paid_outright(known, way) or way.most_usd
        if paid > 0:
            found.append(_Best(offer, way, 1.0 - rise / paid))
    return max(found, key=lambda each: each.share, default=None)


def _paid_outright(known: Remembered, way: WayIn) -> float:
    """What the columns of a way in cost at the price of the offer, use apart."""
    return sum(
        amount * float(known.priced_usd[column]) for column, amount in zip(way.columns, way.amounts, strict=True)
    )


def _of_orders(
    living: LivingModel, known: Remembered, best: list[_Best], options: SolveOptions
) -> dict[str, float]:
    """With one smallest order of each, whole."""
    asked = tuple(_order(known, each.way) for each in best)
    if not asked:
        return {}
    reply = living.priced(held_as_planned(known), options, asked)
    if reply.objective is None:
        return {}
    found = {}
    for each, answer in zip(best, reply.held, strict=True):
        share = _share(known, each.way, reply.objective, answer)
        if share is not None:
            found[each.offer] = share
    return found


def _order(known: Remembered, way: WayIn) -> Held:
    """The order on top of what is planned; what follows from it stays free."""
    decided = [
        (column, float(np.rint(known.values[column])) + amount)
        for column, amount in zip(way.columns, way.amounts, strict=True)
        if known.arrays.integer[column]
    ]
    return Held(tuple(column for column, _ in decided), tuple(value for _, value in decided), way.settled)


def _share(known: Remembered, way: WayIn, without: float, found: HeldReply) -> float | None:
    if found.objective is None:
        return None
    paid = _paid_outright(known, way) + sum(
        value * float(known.priced_usd[column]) for column, value in zip(way.settled, found.told, strict=True)
    )
    rise = (found.objective - without) * known.money_scale_usd
    return 1.0 - rise / paid if paid > 0 else None

"""Take-or-pay: use is paid by the node-hour, and the minimum of each window is paid whether it is used or not.

For an order (u,f) of contract k that is there in outlook s, and its windows v in the horizon (from u + delay on):

    use_what_is_ordered[k,u,t,b,s]:  take[k,u,t,b,s]  <=  lot_nodes[k] * order_lots[k,u,f]
    pay_the_minimum[k,u,v,s]:        used[v] + carry[k,u,v-1,s] + true_up[k,u,v,s] - make_up[k,u,v,s] - carry[k,u,v,s]
                                         >=  minimum_node_hours[k,v] * order_lots[k,u,f]
    draw_on_the_bank[k,u,v,s]:       sum over x up to v of make_up[k,u,x,s]
                                         <=  sum over x before v of true_up[k,u,x,s]
    make_up_what_is_used[k,u,v,s]:   make_up[k,u,v,s]  <=  used[v]

    used[v] = sum over t in v, b of hours[t,b] * count[k,t] * take[k,u,t,b,s]

Money alone sees to it that nothing is paid ahead, carried short or made up late. A budget or a share of spend is kept
in a window of its own and could make that worth while, and so could a price that rises between paying and making up,
but it is not agreed; where the plan found does so, it is made again with the rows below. With
excess[v] = used[v] + carry[k,u,v-1,s] - minimum_node_hours[k,v] * order_lots[k,u,f] and paid[v] what is left in the
bank (before v, of true_up less make_up), all rows divided by most[k,v]:

    pay_nothing_above[k,u,v,s]:      true_up[k,u,v,s]  <=  most[k,v] * (1 - above[k,u,v,s])
    pay_what_is_short[k,u,v,s]:      true_up[k,u,v,s] + excess[v]  <=  most[k,v] * above[k,u,v,s]
    carry_all_excess[k,u,v,s]:       excess[v] - make_up[k,u,v,s]  <=  carry[k,u,v,s]
    make_up_at_once[k,u,v,i,s]:      {paid[v], excess[v], used[v]}[i] - make_up[k,u,v,s]
                                         <=  most[k,v] * (1 - all_of[k,u,v,i,s])
    make_up_one_of_all[k,u,v,s]:     sum over i of all_of[k,u,v,i,s]  >=  above[k,u,v,s]

    offered:  take[k,u,t,b,s] to the base pool in normal operation; active[k,t,s] after an event, firm or not
    charged:  take * hours[t,b] * price[k,t]
              (true_up - make_up) * price of the last month of v, due at its end
              order_lots[k,u,f] * the minimum of every month of the term after the horizon
    price[k,t] = price_usd_per_node_hour[k] * (1 + escalator[k]) ^ full years of service before t

Rows are divided by the node-hours of a lot in the window. A minimum in dollars is one in node-hours at the signed
price; then count[k,t] = price[k,t] / signed price, and true_up and make_up are paid at the signed price. Otherwise
count[k,t] = 1. make_up_what_is_used is there only where excess carries forward, too.

symbol                   | V or P | explanation
take[k,u,t,b,s]          | V      | nodes of the order that are used; u as the month, written out
order_lots[k,u,f]        | V      | lots of contract k promised for month u in future f
active[k,t,s]            | V      | nodes of contract k in month t (family stock)
true_up[k,u,v,s]         | V      | node-hours paid without use; v as the first month of the window
make_up[k,u,v,s]         | V      | node-hours used that an earlier true-up has paid for; only with make_up_right
carry[k,u,v,s]           | V      | use above the minimum that counts in the next window; with excess_carries_forward
minimum_node_hours[k,v]  | P      | minimum of a lot: monthly minimum * sum of ramp shares of the months of v
lot_nodes[k]             | P      | nodes in a lot
escalator[k]             | P      | rise of the price with every full year of service
above[k,u,v,s]           | V      | 1 if use and what was carried are at least the minimum
all_of[k,u,v,i,s]        | V      | 1 if make_up is all that was paid (bank), all excess, or all use (used)
most[k,v]                | P      | more node-hours than can be used or owed up to the end of the window
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.take_or_pay import TakeOrPay, Window, obligation_bill, settlement_line, usage_bill, windows
from optimizer.decisions import Decisions, most_lots
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.order_calendar import OrderKey
from optimizer.plan import Pool
from optimizer.problem import PoolKey, Problem
from optimizer.supply import Commitment, Moment, Supply
from scenarios.policy import ShareMeasure

SENTENCES = {"pay_the_minimum": "minimum of {0}, service from {1}, no more than met"}


@dataclass(frozen=True)
class _Delivered:
    """An order that could be made, as one outlook delivers it."""

    key: OrderKey
    outlook: str
    terms: TakeOrPay
    start: Month
    """First month of service in the outlook."""
    windows: tuple[Window, ...]
    index: tuple[str, str]
    """Contract and promised month, as rows and variables name the order."""

    @property
    def signed_units(self) -> Decimal:
        """Units of the minimum in a node-hour at the signed price."""
        return self.terms.units_in(self.start, self.start)


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare what is used and settled, offer and charge it, and hold every minimum."""
    delivered = tuple(_all_delivered(problem))
    _declare(block, problem, delivered)
    _offer(block, problem, decide, supply)
    _use_what_is_ordered(block, problem, decide, delivered)
    _pay_the_minimum(block, problem, decide, delivered)
    _draw_on_the_bank(block, problem, delivered)
    _settle_as_agreed(block, problem, decide, tuple(order for order in delivered if _could_gain(problem, order)))
    _charge_use(block, problem, ledger, delivered)
    _charge_obligations(problem, decide, ledger)


def _all_delivered(problem: Problem) -> Iterator[_Delivered]:
    calendar, horizon = problem.calendar, problem.scenario.horizon
    for key in calendar.keys:
        terms = problem.take_or_pay.get(key.contract)
        if terms is None:
            continue
        for s in calendar.outlooks_of(key):
            start = calendar.delivered(key, s)
            index = key.contract, str(problem.months[key.start])
            yield _Delivered(key, s, terms, start, windows(terms, start, horizon), index)


def _moments(problem: Problem, order: _Delivered, window: Window) -> Iterator[tuple[int, str]]:
    for month in window.months:
        t = problem.scenario.horizon.index(month)
        yield from ((t, b) for b in problem.blocks if problem.hours[t, b])


def _declare(block: Any, problem: Problem, delivered: tuple[_Delivered, ...]) -> None:
    block.take = pyo.Var(
        [
            (*order.index, t, b, order.outlook)
            for order in delivered
            for window in order.windows
            for t, b in _moments(problem, order, window)
        ],
        domain=pyo.NonNegativeReals,
    )
    block.true_up = pyo.Var(_settled(delivered, lambda _: True), domain=pyo.NonNegativeReals)
    block.make_up = pyo.Var(_settled(delivered, lambda terms: terms.make_up_right), domain=pyo.NonNegativeReals)
    block.carry = pyo.Var(_settled(delivered, lambda terms: terms.excess_carries_forward), domain=pyo.NonNegativeReals)


def _settled(delivered: tuple[_Delivered, ...], has: Callable[[TakeOrPay], bool]) -> list[tuple[str, str, str, str]]:
    return [
        (*order.index, str(window.first), order.outlook)
        for order in delivered
        if has(order.terms)
        for window in order.windows
    ]


def _offer(block: Any, problem: Problem, decide: Decisions, supply: Supply) -> None:
    for (k, _, t, b, s), take in block.take.items():
        pool = PoolKey(problem.take_or_pay[k].offering, Pool.BASE)
        supply.offer(Moment(pool, t, b, s), (1.0, take))
    for (k, t, s), first in problem.calendar.like.items():
        if k in problem.take_or_pay:
            terms = problem.take_or_pay[k]
            nodes = ((1.0, decide.active_nodes[k, t, first]),)
            supply.commit(terms.offering, t, s, Commitment(k, terms.firm, nodes, paid_by_use=True, ordered=True))


def _use_what_is_ordered(block: Any, problem: Problem, decide: Decisions, delivered: tuple[_Delivered, ...]) -> None:
    lots = {(*order.index, order.outlook): decide.order_lots[order.key] for order in delivered}

    def use_what_is_ordered(_: Any, k: str, u: str, t: int, b: str, s: str) -> Any:
        ordered = (-float(problem.take_or_pay[k].lot_nodes), lots[k, u, s])
        return linear([(1.0, block.take[k, u, t, b, s]), ordered]) <= 0.0

    block.use_what_is_ordered = pyo.Constraint(list(block.take), rule=use_what_is_ordered)


def _used(block: Any, problem: Problem, order: _Delivered, window: Window) -> list[Term]:
    return [
        (problem.hours[t, b] * _count(order, problem.months[t]), block.take[*order.index, t, b, order.outlook])
        for t, b in _moments(problem, order, window)
    ]


def _count(order: _Delivered, month: Month) -> float:
    """What a node-hour of a month counts against the minimum, in node-hours at the signed price."""
    return float(order.terms.units_in(order.start, month) / order.signed_units)


def _size(order: _Delivered, window: Window) -> float:
    """Node-hours of a lot in the window, as they count."""
    return order.terms.lot_nodes * sum(month.hours * _count(order, month) for month in window.months)


def _minimum_node_hours(order: _Delivered, window: Window) -> float:
    """What one lot must use in the window, or pay."""
    return float(window.minimum_units_per_lot / order.signed_units)


def _place(order: _Delivered, window: Window) -> tuple[str, str, str, str]:
    return (*order.index, str(window.first), order.outlook)


def _by_place(delivered: tuple[_Delivered, ...]) -> dict[tuple[str, str, str, str], tuple[_Delivered, int]]:
    """The order and the number of the window at each place."""
    return {_place(order, window): (order, i) for order in delivered for i, window in enumerate(order.windows)}


def _pay_the_minimum(block: Any, problem: Problem, decide: Decisions, delivered: tuple[_Delivered, ...]) -> None:
    places = _by_place(delivered)

    def pay_the_minimum(_: Any, k: str, u: str, v: str, s: str) -> Any:
        order, i = places[k, u, v, s]
        window = order.windows[i]
        terms = [*_used(block, problem, order, window), (1.0, block.true_up[k, u, v, s])]
        if order.terms.make_up_right:
            terms.append((-1.0, block.make_up[k, u, v, s]))
        if order.terms.excess_carries_forward:
            terms.append((-1.0, block.carry[k, u, v, s]))
            if i:
                terms.append((1.0, block.carry[_place(order, order.windows[i - 1])]))
        minimum = _minimum_node_hours(order, window)
        terms.append((-minimum, decide.order_lots[order.key]))
        return linear(scaled(1.0 / _size(order, window), terms)) >= 0.0

    block.pay_the_minimum = pyo.Constraint(list(places), rule=pay_the_minimum)


def _draw_on_the_bank(block: Any, problem: Problem, delivered: tuple[_Delivered, ...]) -> None:
    places = _by_place(delivered)

    def draw_on_the_bank(_: Any, k: str, u: str, v: str, s: str) -> Any:
        order, i = places[k, u, v, s]
        drawn = [(1.0, block.make_up[_place(order, window)]) for window in order.windows[: i + 1]]
        paid = [(-1.0, block.true_up[_place(order, window)]) for window in order.windows[:i]]
        return linear(scaled(1.0 / _size(order, order.windows[i]), [*drawn, *paid])) <= 0.0

    def make_up_what_is_used(_: Any, k: str, u: str, v: str, s: str) -> Any:
        order, i = places[k, u, v, s]
        used = scaled(-1.0, _used(block, problem, order, order.windows[i]))
        made_up = (1.0, block.make_up[k, u, v, s])
        return linear(scaled(1.0 / _size(order, order.windows[i]), [made_up, *used])) <= 0.0

    block.draw_on_the_bank = pyo.Constraint(list(block.make_up), rule=draw_on_the_bank)
    block.make_up_what_is_used = pyo.Constraint(
        [place for place in block.make_up if place in block.carry], rule=make_up_what_is_used
    )


def _could_gain(problem: Problem, order: _Delivered) -> bool:
    """Whether paying ahead, or making up late, could help an order to keep a rule about what is paid.

    To pay more dilutes the shares of others in spend; a budget is only helped by what comes back later. What is paid
    in node-hours and made up after the price has risen is worth more than it cost.
    """
    if not problem.settles_as_agreed:
        return False
    if order.terms.escalator_share_per_year > 0 and order.terms.make_up_right:
        return True
    policy = problem.scenario.policy
    if any(cap.measure is ShareMeasure.SPEND for cap in policy.concentration):
        return True
    return bool(policy.budgets) and (order.terms.make_up_right or order.terms.excess_carries_forward)


def _most(problem: Problem, order: _Delivered, i: int) -> float:
    """Node-hours that all lots together can use and owe up to the end of a window."""
    until = order.windows[: i + 1]
    owed = sum(_minimum_node_hours(order, window) for window in until)
    return most_lots(problem, order.key.contract) * (sum(_size(order, window) for window in until) + owed) or 1.0


def _excess(block: Any, problem: Problem, decide: Decisions, order: _Delivered, i: int) -> list[Term]:
    """Use of a window and what was carried into it, less its minimum."""
    window = order.windows[i]
    terms = _used(block, problem, order, window)
    if i and order.terms.excess_carries_forward:
        terms.append((1.0, block.carry[_place(order, order.windows[i - 1])]))
    minimum = _minimum_node_hours(order, window)
    return [*terms, (-minimum, decide.order_lots[order.key])]


def _settle_as_agreed(block: Any, problem: Problem, decide: Decisions, delivered: tuple[_Delivered, ...]) -> None:
    places = _by_place(delivered)
    block.above = pyo.Var(list(places), domain=pyo.Binary)

    def within(order: _Delivered, i: int, terms: list[Term], limit: float) -> Any:
        return linear(scaled(1.0 / _most(problem, order, i), terms)) <= limit

    def pay_nothing_above(_: Any, k: str, u: str, v: str, s: str) -> Any:
        place = k, u, v, s
        order, i = places[place]
        most = _most(problem, order, i)
        return within(order, i, [(1.0, block.true_up[place]), (most, block.above[place])], 1.0)

    def pay_what_is_short(_: Any, k: str, u: str, v: str, s: str) -> Any:
        place = k, u, v, s
        order, i = places[place]
        excess = _excess(block, problem, decide, order, i)
        most = _most(problem, order, i)
        return within(order, i, [(1.0, block.true_up[place]), *excess, (-most, block.above[place])], 0.0)

    def carry_all_excess(_: Any, k: str, u: str, v: str, s: str) -> Any:
        place = k, u, v, s
        order, i = places[place]
        kept = [(-1.0, part[place]) for part in (block.make_up, block.carry) if place in part]
        return within(order, i, [*_excess(block, problem, decide, order, i), *kept], 0.0)

    block.pay_nothing_above = pyo.Constraint(list(places), rule=pay_nothing_above)
    block.pay_what_is_short = pyo.Constraint(list(places), rule=pay_what_is_short)
    block.carry_all_excess = pyo.Constraint([p for p in block.carry if p in places], rule=carry_all_excess)
    _make_up_at_once(block, problem, decide, {p: places[p] for p in block.make_up if p in places})


def _make_up_at_once(
    block: Any, problem: Problem, decide: Decisions, places: dict[tuple[str, str, str, str], tuple[_Delivered, int]]
) -> None:
    bounds = {
        (k, u, v, name, s): terms
        for (k, u, v, s), (order, i) in places.items()
        for name, terms in _bounds_of_make_up(block, problem, decide, order, i)
    }
    block.all_of = pyo.Var(list(bounds), domain=pyo.Binary)

    def make_up_at_once(_: Any, k: str, u: str, v: str, name: str, s: str) -> Any:
        order, i = places[k, u, v, s]
        most = _most(problem, order, i)
        terms = [*bounds[k, u, v, name, s], (-1.0, block.make_up[k, u, v, s]), (most, block.all_of[k, u, v, name, s])]
        return linear(scaled(1.0 / most, terms)) <= 1.0

    def make_up_one_of_all(_: Any, k: str, u: str, v: str, s: str) -> Any:
        chosen = [(-1.0, block.all_of[index]) for index in bounds if (*index[:3], index[4]) == (k, u, v, s)]
        return linear([*chosen, (1.0, block.above[k, u, v, s])]) <= 0.0

    block.make_up_at_once = pyo.Constraint(list(bounds), rule=make_up_at_once)
    block.make_up_one_of_all = pyo.Constraint(list(places), rule=make_up_one_of_all)


def _bounds_of_make_up(
    block: Any, problem: Problem, decide: Decisions, order: _Delivered, i: int
) -> Iterator[tuple[str, list[Term]]]:
    """What a make-up is the least of: the bank, the excess and the use of the window."""
    before = [_place(order, window) for window in order.windows[:i]]
    yield "bank", [term for p in before for term in ((1.0, block.true_up[p]), (-1.0, block.make_up[p]))]
    yield "excess", _excess(block, problem, decide, order, i)
    if order.terms.excess_carries_forward:
        yield "used", _used(block, problem, order, order.windows[i])


def _charge_use(block: Any, problem: Problem, ledger: Ledger, delivered: tuple[_Delivered, ...]) -> None:
    for order in delivered:
        chance = problem.probability[order.outlook]
        for window in order.windows:
            for t, b in _moments(problem, order, window):
                ledger.charge_bill(
                    usage_bill(order.terms, order.start, {problem.months[t]: Decimal(1)}),
                    bills=problem.hours[t, b],
                    offering=order.terms.offering,
                    source=order.terms.contract,
                    variable=block.take[*order.index, t, b, order.outlook],
                    outlook=order.outlook,
                    probability=chance,
                )
            for nature, settled in (
                (Nature.TAKE_OR_PAY_TRUE_UP, block.true_up),
                (Nature.TAKE_OR_PAY_MAKE_UP, block.make_up),
            ):
                if _place(order, window) in settled:
                    ledger.charge_bill(
                        [settlement_line(order.terms, window, nature, order.signed_units)],
                        offering=order.terms.offering,
                        source=order.terms.contract,
                        variable=settled[_place(order, window)],
                        outlook=order.outlook,
                        probability=chance,
                    )


def _charge_obligations(problem: Problem, decide: Decisions, ledger: Ledger) -> None:
    calendar = problem.calendar
    for key in calendar.keys:
        terms = problem.take_or_pay.get(key.contract)
        if terms is None:
            continue
        for outlook in problem.billed_outlooks(key):
            start = calendar.delivered(key, outlook or calendar.outlooks_of(key)[0])
            ledger.charge_bill(
                obligation_bill(terms, 1, start, problem.scenario.horizon),
                offering=terms.offering,
                source=key.contract,
                variable=decide.order_lots[key],
                outlook=outlook,
                probability=problem.probability[outlook] if outlook else 1.0,
            )
            ledger.hold(
                Nature.TAKE_OR_PAY_USAGE,
                offering=terms.offering,
                source=key.contract,
                variable=decide.order_lots[key],
                node_hours=problem.lot_node_hours(key, start),
                outlook=outlook,
            )

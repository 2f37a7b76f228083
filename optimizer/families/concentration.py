"""Concentration: no provider, chip vendor, stack, family or geography holds more than a share.

For rule r, group g, window v (a month, or the horizon) and outlook s:

    hold_the_cap[r,g,v,s]:  amount of the group's offerings  <=  cap_share[r] * amount of all offerings

    amount, tokens:    sum over w,c,pools,t in v,b of tokens[w,c,t,b,s] * route[w,c,o,pool,t,b,s]; by_token and by_unit
                       of an API offer are in the total, and in the groups of its provider and its geography;
                       by_split is in the total once, and once in every group that either of its offerings is in
    amount, spend:     undiscounted effective cost of the months in v, as charged in the ledger; what a provider is
                       paid for no single offering is in the total, and in its group where groups are providers
    amount, capacity:  node-hours held or used in v, as charged in the ledger, * list_price_usd_per_node_hour[o]

Rows are divided by the window's token demand, or by its hours * the mean list price.

symbol           | V or P | explanation
route            | V      | share of the class's demand in the block that the pool serves
by_token, by_unit| V      | shares of it that are served by the token
by_split         | V      | shares of it that are served by a split
tokens[w,c,t,b,s]| P      | accepted output tokens of the class in the block
cap_share[r]     | P      | the cap; a rule with group * is one row for every group
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.ledger import ByHolderAndMonth, Holder, Ledger, PaidAlone, ServedBySplit, ServedByToken
from optimizer.linear import Term, linear, scaled
from optimizer.problem import ClassKey, Problem
from optimizer.supply import Supply
from optimizer.token_offers import TokenRoute
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure, Window

ROUNDING = 1e-9
"""What the sums of held contracts alone may be off, as a share of the row's size."""

SENTENCES = {"hold_the_cap": "{0}: {1} at its cap"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every rule, group, window and outlook."""
    rules = {rule.rule: rule for rule in problem.scenario.policy.concentration}
    amounts = {
        (measure, s): _measured(measure, s, problem, decide, ledger)
        for measure in sorted({rule.measure for rule in rules.values()})
        for s in problem.outlooks
    }
    rows = [
        (name, group, window, s)
        for name, rule in sorted(rules.items())
        for group in _groups(problem, rule)
        for window in _windows(problem, rule)
        for s in problem.outlooks
    ]

    def hold_the_cap(_: Any, r: str, group: str, window: str, s: str) -> Any:
        terms, constant = _excess(problem, rules[r], group, window, s, amounts[rules[r].measure, s])
        if not terms:
            return pyo.Constraint.Skip if constant <= ROUNDING else pyo.Constraint.Infeasible
        return linear(terms) <= -constant

    block.hold_the_cap = pyo.Constraint(rows, rule=hold_the_cap)


def _excess(
    problem: Problem, rule: ConcentrationCap, group: str, window: str, outlook: str, amounts: ByHolderAndMonth
) -> tuple[list[Term], float]:
    """Left side less right side of a cap, divided by the row's size."""
    terms: list[Term] = []
    constant = 0.0
    for holder in _holders(problem, amounts):
        weight = (1.0 if _belongs(problem, rule, group, holder) else 0.0) - rule.cap_share
        for t in _months(problem, window):
            terms.extend(scaled(weight, amounts.terms(holder, t)))
            constant += weight * amounts.constant(holder, t)
    size = _size(problem, rule.measure, _months(problem, window), outlook)
    return scaled(1.0 / size, terms), constant / size


def _holders(problem: Problem, amounts: ByHolderAndMonth) -> list[Holder]:
    """Everybody who holds a part of the whole."""
    return [*problem.offering, *amounts.paid_alone, *amounts.by_the_token, *amounts.by_splits]


def _belongs(problem: Problem, rule: ConcentrationCap, group: str, holder: Holder) -> bool:
    if isinstance(holder, PaidAlone):
        return rule.by is Grouping.PROVIDER and holder.provider == group
    if isinstance(holder, ServedByToken):
        return problem.token_offers.group(holder.api, rule.by) == group
    if isinstance(holder, ServedBySplit):
        split = problem.splits.split[holder.split]
        return group in (problem.group(o, rule.by) for o in (split.prefill_offering, split.decode_offering))
    return problem.group(holder, rule.by) == group


def groups(problem: Problem, by: Grouping) -> list[str]:
    """Groups that an offering or an API offer is in, sorted."""
    by_the_token = (problem.token_offers.group(api, by) for api in problem.token_offers.offer)
    return sorted({problem.group(o, by) for o in problem.offering} | {g for g in by_the_token if g is not None})


def _groups(problem: Problem, rule: ConcentrationCap) -> list[str]:
    present = groups(problem, rule.by)
    return present if rule.group == "*" else [g for g in present if g == rule.group]


def _windows(problem: Problem, rule: ConcentrationCap) -> list[str]:
    return ["horizon"] if rule.window is Window.HORIZON else [str(month) for month in problem.months]


def _months(problem: Problem, window: str) -> Iterable[int]:
    if window == "horizon":
        return problem.month_indices
    return [t for t, month in enumerate(problem.months) if str(month) == window]


def _measured(
    measure: ShareMeasure, outlook: str, problem: Problem, decide: Decisions, ledger: Ledger
) -> ByHolderAndMonth:
    if measure is ShareMeasure.SPEND:
        return ledger.spend(outlook)
    if measure is ShareMeasure.CAPACITY:
        return _at_list_price(problem, ledger.node_hours(outlook))
    tokens = ByHolderAndMonth()
    for (w, c, o, _, t, b, s), route in decide.route.items():
        if s == outlook:
            tokens.add(o, t, problem.tok_per_s[ClassKey(w, c), t, b, s] * problem.hours[t, b] * 3600, route)
    for api, (w, c, _, t, b, s), share in _by_the_token(problem, decide):
        if s == outlook:
            amount = problem.tok_per_s[ClassKey(w, c), t, b, s] * problem.hours[t, b] * 3600
            tokens.add(ServedByToken(api), t, amount, share)
    for at, share in decide.split_routes:
        if at.outlook == outlook:
            amount = problem.tok_per_s[at.moment] * problem.hours[at.month, at.block] * 3600
            tokens.add(ServedBySplit(at.split), at.month, amount, share)
    return tokens


def _by_the_token(problem: Problem, decide: Decisions) -> Iterator[tuple[str, TokenRoute, Any]]:
    """API offer, index and variable of all that is served by the token."""
    for index, share in decide.by_token.items():
        yield index[2], index, share
    for index, share in decide.by_unit.items():
        yield problem.token_offers.provisioned[index[2]].api, index, share


def _at_list_price(problem: Problem, node_hours: ByHolderAndMonth) -> ByHolderAndMonth:
    valued = ByHolderAndMonth()
    for o, row in problem.offering.items():
        price = float(row.list_price_usd_per_node_hour)
        for t in problem.month_indices:
            for hours, variable in node_hours.terms(o, t):
                valued.add(o, t, hours * price, variable)
            valued.add(o, t, node_hours.constant(o, t) * price, None)
    return valued


def _size(problem: Problem, measure: ShareMeasure, months: Iterable[int], outlook: str) -> float:
    if measure is ShareMeasure.TOKENS:
        return sum(problem.month_tokens.get((t, outlook), 0.0) for t in months) or 1.0
    prices = [float(row.list_price_usd_per_node_hour) for row in problem.offering.values()]
    return sum(problem.months[t].hours for t in months) * (sum(prices) / max(1, len(prices))) or 1.0


@dataclass(frozen=True, slots=True)
class Holding:
    """A group that a cap is about, in a window of an outlook, in the variables of some model."""

    rule: ConcentrationCap
    group: str
    window: str
    outlook: str
    part: tuple[list[Term], float]
    """What the group holds: terms and constant."""
    whole: tuple[list[Term], float]
    """What all of them hold."""
    excess: tuple[list[Term], float]
    """Part - cap_share * whole, divided by the row's size; a cap that is kept has none above 0."""

    def share(self, value: Callable[[Any], float]) -> float:
        """The share held at given values of the variables; 0 in an empty window, which is exempt."""
        part, whole = (sum(x * value(v) for x, v in terms) + rest for terms, rest in (self.part, self.whole))
        return part / whole if whole > 0 else 0.0


def holdings(problem: Problem, decide: Decisions, ledger: Ledger) -> Iterator[Holding]:
    """Everything that the caps of the problem are about, in the variables of a model that need not have the caps."""
    for rule in sorted(problem.scenario.policy.concentration, key=lambda row: row.rule):
        for s in problem.outlooks:
            amounts = _measured(rule.measure, s, problem, decide, ledger)
            for window in _windows(problem, rule):
                for group in _groups(problem, rule):
                    everybody = _holders(problem, amounts)
                    members = [holder for holder in everybody if _belongs(problem, rule, group, holder)]
                    yield Holding(
                        rule,
                        group,
                        window,
                        s,
                        part=_sum(problem, members, window, amounts),
                        whole=_sum(problem, everybody, window, amounts),
                        excess=_excess(problem, rule, group, window, s, amounts),
                    )


def _sum(
    problem: Problem, holders: Iterable[Holder], window: str, amounts: ByHolderAndMonth
) -> tuple[list[Term], float]:
    cells = [(holder, t) for holder in holders for t in _months(problem, window)]
    return [term for cell in cells for term in amounts.terms(*cell)], sum(amounts.constant(*cell) for cell in cells)

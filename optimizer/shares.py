"""Who holds what: tokens, spend, capacity and power by holder and month, and the groups that a holder is in.

Meanings: docs/decisions/0005 and 0035. A cap is kept, and a floor reached, where the excess of a row is at most 0:

    cap     excess  =  amount of the group  -  cap_share * amount of all
    floor   excess  =  floor_share * amount of all  -  amount of the group

What a split serves is in the group of either of its offerings for a cap, and for a floor only in the group of both.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.decisions import Decisions
from optimizer.keys import ClassKey
from optimizer.ledger import ByHolderAndMonth, Holder, Ledger, PaidAlone, ServedBySplit, ServedByToken, UnderContract
from optimizer.linear import Term, scaled
from optimizer.problem import Problem
from optimizer.token_offers import TokenRoute
from scenarios.footprint import LOCAL, NOT_PORTABLE, PORTABLE
from scenarios.policy import ConcentrationCap, Grouping, ShareFloor, ShareMeasure, SovereigntyFloor, Window
from scenarios.policy_shares import InMonths

ShareRule = ConcentrationCap | ShareFloor

HORIZON = "horizon"
"""The window of all months of a rule together; others go by the name of their month."""

Sum = tuple[list[Term], float]
"""Terms and constant."""


def months_of(problem: Problem, rule: InMonths) -> list[int]:
    """Months (indices) of the horizon in which a rule holds."""
    return [t for t in problem.month_indices if rule.holds_in(problem.months[t])]


def windows(problem: Problem, rule: ShareRule | SovereigntyFloor) -> dict[str, list[int]]:
    """The months of every window of a rule, by the window's name."""
    months = months_of(problem, rule)
    if rule.window is Window.HORIZON:
        return {HORIZON: months} if months else {}
    return {str(problem.months[t]): [t] for t in months}


def groups(problem: Problem, by: Grouping) -> list[str]:
    """Groups that * stands for: those that an offering or an API offer is in; of contracts all that can be paid."""
    if by is Grouping.CONTRACT:
        return sorted(problem.paid_under)
    offers = problem.token_offers
    found = {problem.group(o, by) for o in problem.offering}
    return sorted(found | {g for api in offers.offer if (g := offers.group(api, by)) is not None})


def _groups(problem: Problem, rule: ShareRule) -> list[str]:
    """Groups that a rule is about; a floor is about its group whether or not anything is in it."""
    if isinstance(rule, ShareFloor):
        return [rule.group]
    present = groups(problem, rule.by)
    if rule.group == "*":
        return present
    return [rule.group] if rule.group in present or (rule.by, rule.group) == (Grouping.LOCALITY, LOCAL) else []


def _is_in(problem: Problem, rule: ShareRule, group: str, holder: Holder) -> bool:
    if isinstance(holder, UnderContract):
        return holder.contract == group
    if isinstance(holder, PaidAlone):
        return rule.by is Grouping.PROVIDER and holder.provider == group
    if isinstance(holder, ServedByToken):
        return problem.token_offers.group(holder.api, rule.by) == group
    if isinstance(holder, ServedBySplit):
        split = problem.splits.split[holder.split]
        sides = [group in problem.groups_of(o, rule.by) for o in (split.prefill_offering, split.decode_offering)]
        if rule.by is Grouping.PORTABILITY:  # one that cannot be moved keeps the other where it is
            return all(sides) if group == PORTABLE else group == NOT_PORTABLE and any(sides)
        return all(sides) if isinstance(rule, ShareFloor) else any(sides)
    return group in problem.groups_of(holder, rule.by)


@dataclass(frozen=True)
class Holding:
    """A group that a rule is about, in a window of an outlook, in the variables of some model."""

    rule: ShareRule
    group: str
    window: str
    outlook: str
    months: tuple[int, ...]
    amounts: ByHolderAndMonth
    everybody: tuple[Holder, ...]
    members: frozenset[Holder]
    """Those of the group."""
    size: float
    """By what the row is divided."""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Rule, group, window and outlook: the index of the row."""
        return self.rule.rule, self.group, self.window, self.outlook

    @property
    def bound(self) -> float:
        """The share that is allowed, or asked for."""
        return self.rule.floor_share if isinstance(self.rule, ShareFloor) else self.rule.cap_share

    @property
    def excess(self) -> Sum:
        """The left side of the row, divided by its size; a rule that is kept has none above 0."""
        sign = -1.0 if isinstance(self.rule, ShareFloor) else 1.0
        terms: list[Term] = []
        constant = 0.0
        for holder in self.everybody:
            weight = sign * ((1.0 if holder in self.members else 0.0) - self.bound) / self.size
            for t in self.months:
                terms.extend(scaled(weight, self.amounts.terms(holder, t)))
                constant += weight * self.amounts.constant(holder, t)
        return terms, constant

    def share(self, value: Callable[[Any], float]) -> float | None:
        """The share held at given values of the variables; None in an empty window, which is exempt."""
        part, whole = (self._held(holders, value) for holders in (self.members, self.everybody))
        return part / whole if whole > 0 else None

    def _held(self, holders: Iterable[Holder], value: Callable[[Any], float]) -> float:
        cells = [(holder, t) for holder in holders for t in self.months]
        return sum(
            sum(x * value(v) for x, v in self.amounts.terms(*cell)) + self.amounts.constant(*cell) for cell in cells
        )

    def over(self, value: Callable[[Any], float]) -> float:
        """By how much the share breaks the rule at given values; 0 or less where it keeps it."""
        share = self.share(value)
        if share is None:
            return 0.0
        return self.bound - share if isinstance(self.rule, ShareFloor) else share - self.bound


def holdings(problem: Problem, decide: Decisions, ledger: Ledger, rules: Iterable[ShareRule]) -> Iterator[Holding]:
    """Everything that share rules are about, in the variables of a model that need not have their rows."""
    known: dict[tuple[ShareMeasure, bool, str], ByHolderAndMonth] = {}
    for rule in sorted(rules, key=lambda row: row.rule):
        by_contract = rule.by is Grouping.CONTRACT
        for s in problem.outlooks:
            at = rule.measure, by_contract, s
            if at not in known:
                known[at] = measured(*at, problem, decide, ledger)
        amounts = {s: known[rule.measure, by_contract, s] for s in problem.outlooks}
        everybody: dict[str, tuple[Holder, ...]] = {
            s: held.apart if by_contract else (*problem.offering, *held.apart) for s, held in amounts.items()
        }
        for group in _groups(problem, rule):
            members = {
                s: frozenset(holder for holder in holders if _is_in(problem, rule, group, holder))
                for s, holders in everybody.items()
            }
            for window, months in windows(problem, rule).items():
                for s in problem.outlooks:
                    yield Holding(
                        rule,
                        group,
                        window,
                        s,
                        months=tuple(months),
                        amounts=amounts[s],
                        everybody=everybody[s],
                        members=members[s],
                        size=_size(problem, rule.measure, months, s),
                    )


def measured(
    measure: ShareMeasure, by_contract: bool, outlook: str, problem: Problem, decide: Decisions, ledger: Ledger
) -> ByHolderAndMonth:
    """Amounts in an outlook: by offering and what is apart from them, or by contract."""
    if measure is ShareMeasure.SPEND:
        return ledger.spend(outlook, by_contract=by_contract)
    if measure is ShareMeasure.TOKENS:
        return _tokens(outlook, problem, decide)
    node_hours = ledger.node_hours(outlook, by_contract=by_contract)
    weight = problem.power_kw if measure is ShareMeasure.POWER else problem.list_price_usd
    return node_hours.weighed(weight)


def _tokens(outlook: str, problem: Problem, decide: Decisions) -> ByHolderAndMonth:
    tokens = ByHolderAndMonth()
    for (w, c, o, _, t, b, s), route in decide.route.items():
        if s == outlook:
            tokens.add(o, t, problem.tok_per_s[ClassKey(w, c), t, b, s] * problem.hours[t, b] * 3600, route)
    for api, (w, c, _, t, b, s), share in served_by_token(problem, decide):
        if s == outlook:
            amount = problem.tok_per_s[ClassKey(w, c), t, b, s] * problem.hours[t, b] * 3600
            tokens.add(ServedByToken(api), t, amount, share)
    for at, share in decide.split_routes:
        if at.outlook == outlook:
            amount = problem.tok_per_s[at.moment] * problem.hours[at.month, at.block] * 3600
            tokens.add(ServedBySplit(at.split), at.month, amount, share)
    return tokens


def served_by_token(problem: Problem, decide: Decisions) -> Iterator[tuple[str, TokenRoute, Any]]:
    """API offer, index and variable of all that is served by the token."""
    for index, share in decide.by_token.items():
        yield index[2], index, share
    for index, share in decide.by_unit.items():
        yield problem.token_offers.provisioned[index[2]].api, index, share


def _size(problem: Problem, measure: ShareMeasure, months: Iterable[int], outlook: str) -> float:
    if measure is ShareMeasure.TOKENS:
        return sum(problem.month_tokens.get((t, outlook), 0.0) for t in months) or 1.0
    weigh = problem.power_kw if measure is ShareMeasure.POWER else problem.list_price_usd
    weights = [weigh(o) for o in problem.offering]
    return sum(problem.months[t].hours for t in months) * (sum(weights) / max(1, len(weights))) or 1.0

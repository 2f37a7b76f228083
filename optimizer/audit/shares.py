"""Shares: what groups hold of tokens, spend, capacity and power in every window, at most and at least."""

from collections import defaultdict
from collections.abc import Callable
from typing import TypeAlias

from contracts.calendar import Month
from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.figures import Inputs
from optimizer.audit.groups import Groups, is_meant
from optimizer.audit.holdings import Holder, Holdings, holdings_of
from optimizer.audit.statements import Statements
from scenarios.policy import ConcentrationCap, Grouping, ShareFloor, ShareMeasure, Window
from scenarios.policy_shares import InMonths

Share: TypeAlias = ConcentrationCap | ShareFloor
UNITS = {
    ShareMeasure.TOKENS: "tokens",
    ShareMeasure.SPEND: "usd",
    ShareMeasure.CAPACITY: "usd list",
    ShareMeasure.POWER: "kWh",
}


def check_shares(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every cap and every floor, in every outlook and window in which there is something to share."""
    rules = shares_of(inputs)
    if not rules:
        return
    judge = _Judge(inputs, checks)
    holdings = {measure: holdings_of(inputs, stated, measure) for measure in {rule.measure for rule in rules}}
    for rule in rules:
        for outlook in inputs.probability:
            for window in windows(inputs, rule, rule.window):
                judge.check(rule, outlook, window, holdings[rule.measure])


def shares_of(inputs: Inputs) -> tuple[Share, ...]:
    """Caps and floors."""
    return inputs.policy.concentration + inputs.policy.share_floors


def months_of(inputs: Inputs, rule: InMonths) -> tuple[Month, ...]:
    """Months of the horizon in which a rule holds."""
    first, last = rule.first_month, rule.last_month
    return tuple(
        month for month in inputs.months if (first is None or first <= month) and (last is None or month <= last)
    )


def windows(inputs: Inputs, rule: InMonths, window: Window) -> list[tuple[Month, ...]]:
    """The months of a rule one by one, or all together."""
    months = months_of(inputs, rule)
    if window is Window.HORIZON:
        return [months] if months else []
    return [(month,) for month in months]


def words_of(window: tuple[Month, ...]) -> str:
    """A window for a finding."""
    return str(window[0]) if len(window) == 1 else f"{window[0]} to {window[-1]}"


class _Judge:
    """Holds what groups have against what they may or must have."""

    def __init__(self, inputs: Inputs, checks: Checks) -> None:
        self._groups = Groups(inputs)
        self._checks = checks

    def check(self, rule: Share, outlook: str, window: tuple[Month, ...], holdings: Holdings) -> None:
        held = holdings.of(outlook, window)
        total = sum(held.values())
        if total <= 0:
            return
        rounded = holdings.error(outlook, window) / ROUNDING
        measure = rule.measure
        if isinstance(rule, ShareFloor):
            has = _by_group(held, rule.by, self._groups.in_whole).get(rule.group, 0.0)
            place: Place = (rule.rule, rule.group, outlook, words_of(window))
            least = rule.floor_share * total
            self._checks.at_most(f"policy.floor_{measure.value}", place, least, has, UNITS[measure], rounded=rounded)
            return
        for group, amount in sorted(_by_group(held, rule.by, self._groups.in_part).items()):
            if is_meant(group, rule.group):
                self._checks.at_most(
                    f"policy.concentration_{measure.value}",
                    (rule.rule, group, outlook, words_of(window)),
                    amount,
                    rule.cap_share * total,
                    UNITS[measure],
                    rounded=rounded,
                )


def _by_group(
    held: dict[Holder, float], by: Grouping, groups_of: Callable[[Holder, Grouping], frozenset[str]]
) -> dict[str, float]:
    amounts: dict[str, float] = defaultdict(float)
    for holder, amount in held.items():
        for group in groups_of(holder, by):
            amounts[group] += amount
    return amounts

"""Why no plan can keep all rules, in sentences: the same from `plan` and from `explain`."""

from collections.abc import Iterator
from decimal import Decimal

from optimizer.diagnosing.records import (
    ChangeOutcome,
    CitedInput,
    CollidingRule,
    LeastChange,
    SeenBefore,
    Unit,
    WhyImpossible,
)

HEADING = "No plan can keep all rules:"
BESIDE = "Another conflict may stand beside this one: after mending, run again."
STANDS_BESIDE = (
    "Another conflict stands beside this one, so that no change here is enough alone: mend one, then run again."
)
A_PLAN_EXISTS = "without any one of them a plan exists"
A_PLAN_WITHOUT_IT = "without it a plan exists"
SUPPLY_CAN = "without it the supply is enough"
OTHERS_CAN = "without any one of them the others of this list can"
"""All that the search for the conflict shows, which looks at no rule beside it."""
UNIT_WORDS = {
    Unit.USD: "USD",
    Unit.MONTHS: "months",
    Unit.NODES: "nodes",
    Unit.MW: "MW",
    Unit.T_CO2E: "t CO2e",
    Unit.POINTS: "points",
    Unit.COUNT: "",
    Unit.TOK_PER_S: "tok/s",
}


def reasons_of(why: WhyImpossible) -> tuple[str, ...]:
    """The reasons, a sentence each."""
    if why.seen_before:
        return tuple(f"{seen.words}. Mend: {seen.mend}" if seen.mend else seen.words for seen in why.seen_before)
    if why.is_supply_alone:
        return (
            "stock, quota, spot depth, rate limits and order terms alone cannot carry the demand: no plan exists even"
            " without any rule of the policy",
        )
    needed = [rule.words for rule in why.conflict if rule.is_needed]
    unsettled = [rule.words for rule in why.conflict if not rule.is_needed]
    if not needed:
        return (f"some of these rules cannot hold together; which, was not settled: {'; '.join(unsettled)}",)
    together = " and ".join(needed) if len(needed) + len(unsettled) > 1 else f"{needed[0]} and the supply"
    if unsettled:
        return (
            f"these rules cannot hold together: {together}; whether these have a part in it was not settled:"
            f" {'; '.join(unsettled)}",
        )
    return (f"these rules cannot hold together: {together}. {_spared(why).capitalize()}",)


def message_of(why: WhyImpossible) -> str:
    """Everything there is to tell, in lines."""
    return "\n".join(_lines(why))


def _lines(why: WhyImpossible) -> Iterator[str]:
    yield HEADING
    if why.seen_before:
        for seen in why.seen_before:
            yield from _seen(seen)
        return
    if why.is_supply_alone or not why.conflict:
        yield from (f"  - {reason}" for reason in reasons_of(why))
    needed = tuple(rule for rule in why.conflict if rule.is_needed)
    unsettled = tuple(rule for rule in why.conflict if not rule.is_needed)
    is_one = len(why.conflict) == 1
    if needed:
        which = "This cannot hold with the supply" if is_one else "These cannot hold together with the supply"
        yield f"{which}; {_spared(why)}:"
        yield from _rules(needed)
    if unsettled:
        some = "Whether these have a part in it was not settled:"
        yield some if needed else "Some of these cannot hold together with the supply; which, was not settled:"
        yield from _rules(unsettled)
    if why.conflict:
        yield STANDS_BESIDE if any(_more_in_the_way(change) for change in why.changes) else BESIDE
    yield from _changes("Least changes, each alone and all else as it is:", why.changes)
    yield from _changes("Supply that would do, each alone and all rules kept:", why.supply)
    for note in why.notes:
        yield f"Note: {note}."


def _spared(why: WhyImpossible) -> str:
    """What is so without one of the rules: that a plan exists is said only where a change showed it of each."""
    mended = {rule for change in why.changes if _shows_a_plan(change) for rule in _rules_of(change, why)}
    needed = {rule.input.path for rule in why.conflict if rule.is_needed}
    if needed <= mended:
        return A_PLAN_WITHOUT_IT if len(why.conflict) == 1 else A_PLAN_EXISTS
    return SUPPLY_CAN if len(why.conflict) == 1 else OTHERS_CAN


def _shows_a_plan(change: LeastChange) -> bool:
    return change.after is not None or bool(change.mends_removed)


def _rules_of(change: LeastChange, why: WhyImpossible) -> Iterator[str]:
    """Paths of the rules of the conflict whose number it is."""
    for rule in why.conflict:
        path = rule.input.path
        if any(each == path or each.startswith((f"{path}.", f"{path}[")) for each in change.paths):
            yield path


def _more_in_the_way(change: LeastChange) -> bool:
    return change.outcome is ChangeOutcome.NO_VALUE and not change.mends_removed


def _seen(seen: SeenBefore) -> Iterator[str]:
    yield f"  - {seen.words}"
    for cited in seen.inputs:
        yield f"      {_cited(cited)}"
    if seen.mend:
        yield f"      Mend: {seen.mend}"


def _rules(rules: tuple[CollidingRule, ...]) -> Iterator[str]:
    for rule in rules:
        yield f"  - {rule.words}"
        yield f"      {_cited(rule.input)}"


def _cited(cited: CitedInput) -> str:
    return f"{cited.place}, {cited.path}" if cited.place else cited.path


def _changes(heading: str, changes: tuple[LeastChange, ...]) -> Iterator[str]:
    """Those of which something is known one by one, the others in one line."""
    if not changes:
        return
    yield heading
    open_ones = [change for change in changes if _is_open(change)]
    for change in changes:
        if change in open_ones:
            continue
        yield f"  - {change_in_words(change)}"
        for setting in change.settings:
            yield f"      --set '{setting}'"
        if change.mends_removed:
            yield f"      --remove '{change.mends_removed}'"
    if open_ones:
        yield f"  not settled: {'; '.join(change.words for change in open_ones)}"


def _is_open(change: LeastChange) -> bool:
    """Whether nothing at all is known of it."""
    return change.outcome is ChangeOutcome.NOT_SETTLED and change.after is None and change.still_impossible is None


def change_in_words(change: LeastChange) -> str:
    """What a change comes to, in one line."""
    place = f" ({change.place})" if change.place else ""
    before = _value(change.before, change.unit)
    if change.outcome is ChangeOutcome.NO_VALUE:
        if change.mends_removed:
            return f"{change.words}{place}: no value helps; without the rule a plan exists"
        return f"{change.words}{place}: no value helps alone, for more stands in the way"
    if change.after is None:
        tried = "" if change.still_impossible is None else f" beyond {_value(change.still_impossible, change.unit)}"
        return f"{change.words}{place}: not settled{tried}"
    said = f"{change.words}{place}: from {before} to {_value(change.after, change.unit)}"
    if change.unit is Unit.FACTOR:
        said = f"{change.words} times {_value(change.after, change.unit)}"
    else:
        said += f" ({_difference(Decimal(change.change), change.unit)})"
    if change.outcome is ChangeOutcome.NOT_SETTLED:
        least = before if change.still_impossible is None else _value(change.still_impossible, change.unit)
        said += f"; less may do: not settled between {least} and that"
    return said


def _value(text: str, unit: Unit) -> str:
    if unit is Unit.FACTOR:
        return text.removeprefix("*")
    value = Decimal(text)
    if unit is Unit.SHARE:
        return f"{_plain(value * 100)} %"
    return f"{_plain(value)} {UNIT_WORDS[unit]}".rstrip()


def _difference(change: Decimal, unit: Unit) -> str:
    if unit is Unit.SHARE:
        return f"{'+' if change > 0 else '-'}{_plain(abs(change) * 100)} points"
    return f"{'+' if change > 0 else '-'}{_plain(abs(change))} {UNIT_WORDS[unit]}".rstrip()


def _plain(value: Decimal) -> str:
    """With thousands marks, and no zeros behind the last decimal.

    >>> _plain(Decimal("1234.50")), _plain(Decimal("4E+1"))
    ('1,234.5', '40')
    """
    return f"{value.normalize():,f}" if value else "0"

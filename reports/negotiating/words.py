"""The numbers of a negotiation in words: what to ask, up to where, and how sure that is."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from optimizer.negotiating.bracketing import Ended
from optimizer.negotiating.proofs import Sign
from optimizer.negotiating.records import Bracket, ClauseWorth, Negotiation, Solve
from reports.money_text import close_usd, usd

HAIRCUT, ENTERS = "haircut", "enters"


def value_words(value: Decimal, unit: str) -> str:
    """A value of a bracket with its unit.

    >>> value_words(Decimal("52.10"), "USD per node-hour"), value_words(Decimal("0.4"), "haircut")
    ('52.10 USD per node-hour', '40 %')
    """
    return f"{_percent(value)} %" if unit == HAIRCUT else f"{value:,f} {unit}"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"


def bracket_words(bracket: Bracket) -> str:
    """The bracket in one line: proven in up to .., proven out from .."""
    unit, inside, outside = bracket.unit, bracket.proven_in, bracket.proven_out
    if inside is not None and outside is not None:
        return f"proven in up to {value_words(inside.value, unit)}, proven out from {value_words(outside.value, unit)}"
    if inside is not None:
        return f"proven in up to {value_words(inside.value, unit)}; nothing proven above it"
    if outside is None:
        return "nothing is proven"
    if bracket.ended is Ended.out_at_lowest:
        return f"proven out even at {value_words(outside.value, unit)}"
    return f"proven out from {value_words(outside.value, unit)}; nothing proven below it"


def short_value(value: Decimal, unit: str) -> str:
    """A value without its unit, for a column."""
    return f"{_percent(value)} %" if unit == HAIRCUT else f"{value:,f}"


def advice(found: Negotiation) -> Iterator[str]:
    """What to ask, in sentences; the first is about the price."""
    entry = next((bracket for bracket in found.brackets if bracket.question == ENTERS), None)
    yield "No price could be proven in the time there was." if entry is None else _price_advice(found, entry)
    proven = [clause for clause in ranked(found.clauses) if clause.verdict == "worth something"]
    if proven:
        best = proven[0]
        assert best.at_least_usd is not None
        assert best.at_most_usd is not None
        verb = "Do not give up" if best.is_there else "Ask for"
        yield (
            f"{verb} the {best.clause}: of all clauses it is worth most, {usd(best.at_least_usd)} to"
            f" {usd(best.at_most_usd)} ({best.said})."
        )
    elif all(clause.usd is None for clause in found.clauses) and found.clauses:
        yield "What its clauses are worth is not known: none of them has a figure."
    elif found.clauses:
        yield "Of no clause is it proven that it is worth anything at this price: do not pay for one."
    for bracket in found.brackets:
        if bracket.question == HAIRCUT:
            yield _haircut_advice(found, bracket)


def _price_advice(found: Negotiation, entry: Bracket) -> str:
    asked = value_words(entry.asked_value, entry.unit)
    inside, outside = entry.proven_in, entry.proven_out
    if entry.ended is Ended.in_at_highest:
        why = ": there is no plan without it" if _is_needed(found, entry) else ""
        return f"It is in the plan at {asked}, and at any price up to {value_words(entry.highest, entry.unit)}{why}."
    if entry.ended is Ended.out_at_lowest:
        return f"It is not in the plan at any price, not even at {value_words(entry.lowest, entry.unit)}: do not sign."
    if inside is None:
        return f"Asked: {asked}. At no price is it proven to be in the plan yet: more time, or a smaller gap, may tell."
    pay = value_words(inside.value, entry.unit)
    wide = "" if entry.is_answered else f" Between the two nothing is proven: {entry.ended.value}."
    leave = "a price that is not proven" if outside is None else value_words(outside.value, entry.unit)
    if entry.asked_sign is Sign.OUT:
        down = (entry.asked_value - inside.value) / entry.asked_value
        ask = f"Ask for {pay} or less, {float(down):.1%} below the {asked} that is offered"
        return f"{ask}; from {leave} on, walk away.{wide}"
    side = "It is in the plan" if entry.asked_sign is Sign.IN else "It is not decided whether it is in the plan"
    return f"{side} at the offered {asked}. It stays in up to {pay}; from {leave} on, walk away.{wide}"


def _is_needed(found: Negotiation, entry: Bracket) -> bool:
    """Whether no plan keeps all rules without the offer."""
    without = {trial.without_solve for trial in entry.trials}
    return all(solve.outcome == "impossible" for solve in found.solves if solve.number in without)


def _haircut_advice(found: Negotiation, bracket: Bracket) -> str:
    if bracket.ended is Ended.out_at_lowest:
        return "At the offered price it does not pay even if all of the goodput that is claimed is counted."
    if bracket.ended is Ended.in_at_highest:
        return "At the offered price it pays whatever is taken off its goodput."
    if bracket.proven_in is None or bracket.proven_out is None:
        return f"What may be taken off its goodput: {bracket_words(bracket)}."
    return (
        f"At the offered price it pays while no more than {value_words(bracket.proven_in.value, HAIRCUT)} is taken off"
        f" its goodput, and no more from {value_words(bracket.proven_out.value, HAIRCUT)} on; the policy takes"
        f" {value_words(bracket.asked_value, HAIRCUT)}."
    )


def ranked(clauses: Sequence[ClauseWorth]) -> list[ClauseWorth]:
    """The clause that is worth most first; those without a figure last."""
    return sorted(clauses, key=lambda c: (c.usd is None, -(c.at_least_usd or 0.0), -(c.at_most_usd or 0.0), c.clause))


def worth_words(clause: ClauseWorth) -> str:
    """How sure the worth of a clause is."""
    if clause.usd is None:
        return clause.reason
    return clause.verdict


def evidence_words(found: Negotiation) -> str:
    """How many solves, how long, how tight."""
    solved = [solve for solve in found.solves if solve.outcome == "solved"]
    widest = max((_gap_share(solve) for solve in solved), default=0.0)
    asked = max((solve.asked_gap_share for solve in solved), default=0.0)
    patched = sum(solve.how == "patched" for solve in solved)
    return (
        f"{len(found.solves)} solves ({patched} of them on from an earlier one) in {found.elapsed_s:,.0f} s of"
        f" {found.time_limit_s:,.0f} s; asked gap {asked:.3%} or tighter, widest gap reached {widest:.3%};"
        f" brackets to be as narrow as {found.tolerance_share:.2%} of the asked price"
    )


def _gap_share(solve: Solve) -> float:
    if not solve.incumbent_usd or solve.bound_usd is None:
        return 0.0
    return (solve.incumbent_usd - solve.bound_usd) / abs(solve.incumbent_usd)


def ended_words(found: Negotiation) -> str:
    """Why it is over, where something is left open."""
    return {
        "done": "all that was asked has its answer" if found.is_whole else "some questions have no answer",
        "time": "stopped: the time is up; what is known stands",
        "stopped by user": "stopped by you; what is known stands",
    }[found.ended]


def range_words(clause: ClauseWorth) -> tuple[str, str, str]:
    """Worth as found, at least, at most."""
    return _figure(clause.usd), _figure(clause.at_least_usd), _figure(clause.at_most_usd)


def _figure(usd_or_none: float | None) -> str:
    return "-" if usd_or_none is None else close_usd(usd_or_none).removesuffix(" USD")

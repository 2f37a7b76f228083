"""A negotiation as records, as if solved: one bracket of each ending, clauses proven, hidden and without a figure."""

from datetime import date
from decimal import Decimal
from typing import Any

from optimizer.negotiating.bracketing import Ended
from optimizer.negotiating.proofs import Sign
from optimizer.negotiating.records import Bracket, ClauseWorth, Negotiation, NotAsked, Solve, TrialMade


def a_solve(number: int, incumbent_usd: float | None, bound_usd: float | None = None, **overrides: Any) -> Solve:
    """A solve of the question "enters"; impossible where no incumbent is given."""
    fields: dict[str, Any] = {
        "number": number,
        "question": "enters",
        "value": None,
        "condition": "acme is used",
        "changes": (),
        "outcome": "impossible" if incumbent_usd is None else "solved",
        "sharpness": 0,
        "incumbent_usd": incumbent_usd,
        "bound_usd": incumbent_usd if bound_usd is None else bound_usd,
        "asked_gap_share": 0.005,
        "asked_gap_usd": 0.0,
        "elapsed_s": 1.5,
    }
    return Solve(**(fields | overrides))


def a_trial(value: str, sign: Sign, with_solve: int, without_solve: int) -> TrialMade:
    """A value that was tried."""
    return TrialMade(value=Decimal(value), sign=sign, with_solve=with_solve, without_solve=without_solve)


def a_bracket(*trials: TrialMade, **overrides: Any) -> Bracket:
    """A bracket over a price of 60 USD, narrow; its ends are the highest in and the lowest out."""
    inside = [trial for trial in trials if trial.sign is Sign.IN]
    outside = [trial for trial in trials if trial.sign is Sign.OUT]
    fields: dict[str, Any] = {
        "question": "enters",
        "said": "price up to which it is in the plan",
        "unit": "USD per node-hour",
        "asked_value": Decimal(60),
        "asked_sign": trials[0].sign,
        "proven_in": max(inside, key=lambda trial: trial.value) if inside else None,
        "proven_out": min(outside, key=lambda trial: trial.value) if outside else None,
        "lowest": Decimal(0),
        "highest": Decimal(240),
        "tolerance": Decimal("0.6"),
        "ended": Ended.narrow,
        "trials": trials,
        "elapsed_s": 6.0,
    }
    return Bracket(**(fields | overrides))


def a_clause(clause: str, at_least: float, usd: float, at_most: float, **overrides: Any) -> ClauseWorth:
    """A clause that the offer lacks, by solves 6 (with) and 7 (without)."""
    fields: dict[str, Any] = {
        "clause": clause,
        "is_there": False,
        "said": "a right to leave",
        "at_least_usd": at_least,
        "usd": usd,
        "at_most_usd": at_most,
        "with_solve": 6,
        "without_solve": 7,
        "verdict": "worth something" if at_least > 0 else "not distinguishable",
    }
    return ClauseWorth(**(fields | overrides))


def a_negotiation(**overrides: Any) -> Negotiation:
    """In at 40, out at 40.4; leaving is worth 200 to 600 USD, what swapping is worth is hidden."""
    fields: dict[str, Any] = {
        "scenario": "by-hand",
        "fingerprint": "f" * 64,
        "order_date": date(2026, 12, 15),
        "made_by": "siliconmix 0",
        "offer": "acme",
        "kind": "reserved",
        "provider": "acme-cloud",
        "offering": "acme-node",
        "price_unit": "USD per node-hour",
        "asked_price": Decimal(60),
        "brackets": (
            a_bracket(
                a_trial("60", Sign.OUT, 1, 2),
                a_trial("40.2", Sign.UNDECIDED, 3, 2),
                a_trial("40", Sign.IN, 4, 2),
                a_trial("40.4", Sign.OUT, 5, 2),
            ),
        ),
        "clauses_at": Decimal(40),
        "clauses": (
            a_clause("termination", 200.0, 400.0, 600.0),
            a_clause("swap", -150.0, 50.0, 250.0, without_solve=8),
        ),
        "not_asked": (NotAsked(question="clause", said="ramp", reason="order in steps instead", is_final=True),),
        "solves": (
            a_solve(1, 12_000.0, 11_900.0, value=Decimal(60)),
            a_solve(2, 10_010.0, 10_000.0, condition="acme is not used"),
            a_solve(3, 10_040.0, 9_990.0, value=Decimal("40.2")),
            a_solve(4, 9_980.0, 9_900.0, value=Decimal(40)),
            a_solve(5, 10_100.0, 10_050.0, value=Decimal("40.4")),
            a_solve(6, 9_600.0, 9_400.0, condition="", question="termination"),
            a_solve(7, 10_000.0, 9_800.0, condition="", question="as-offered"),
            a_solve(8, 9_650.0, 9_450.0, condition="", question="swap"),
            a_solve(9, None, None, note="no plan keeps all rules"),
        ),
        "ended": "done",
        "elapsed_s": 13.5,
        "time_limit_s": 1800.0,
        "tolerance_share": 0.01,
        "notes": ("prices of others are taken as they stand",),
        "input_hashes": (),
    }
    return Negotiation(**(fields | overrides))

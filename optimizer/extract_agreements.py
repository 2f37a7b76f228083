"""Solver values of agreements and credits -> what is signed, bought and used."""

from decimal import Decimal

from contracts.money import to_cents
from contracts.terms.agreement import contract_years
from optimizer.agreed import UNSIGNED
from optimizer.extract_usage import Values
from optimizer.model import Model
from optimizer.plan_contracts import CreditBought, CreditUse, SignedAgreement
from optimizer.problem import Problem

AGREED_SHARE = 1e-5
"""What the solver's tolerances may pay above what is missing, as a share of the commitment."""


def signed_agreements(problem: Problem, model: Model, value: Values) -> tuple[SignedAgreement, ...]:
    """Agreements in force and those to sign, by last day to sign."""
    agreed = problem.agreed
    chosen = {key for key, tier in model.decide.tier.items() if round(value(tier))}
    chosen |= {(a, i) for a, i in agreed.tiers if agreed.agreements[a].in_force}
    rows = [
        SignedAgreement(
            agreement=a,
            tier=i,
            start=agreed.agreements[a].start,
            end=agreed.agreements[a].end,
            order_by=agreed.order_by(agreed.agreements[a]),
        )
        for a, i in sorted(chosen)
    ]
    return tuple(sorted(rows, key=lambda row: (row.order_by is not None, row.order_by, row.agreement)))


def credits_bought(problem: Problem, model: Model, value: Values) -> tuple[CreditBought, ...]:
    """Granted credits, and those to buy."""
    lots = {c: round(value(variable)) for c, variable in model.pyomo.credit.lots.items()}
    found = ((c, lots.get(c, 0) if row.is_prepaid else row.lots_at_most) for c, row in problem.agreed.credits.items())
    return tuple(CreditBought(credit=c, lots=count) for c, count in found if count)


def credit_uses(problem: Problem, model: Model, value: Values) -> tuple[CreditUse, ...]:
    """Dollars of each month, by outlook, month and credit."""
    unit = problem.agreed.unit_usd
    found = {(s, t, c): to_cents(Decimal(unit * value(use))) for (c, t, _, s), use in model.pyomo.credit.use.items()}
    return tuple(
        CreditUse(outlook=s, credit=c, month=problem.months[t], usd=usd)
        for (s, t, c), usd in sorted(found.items())
        if usd > 0
    )


def paid_above(problem: Problem, model: Model, value: Values) -> bool:
    """Whether the model pays more than is missing in some contract year."""
    agreed, horizon = problem.agreed, problem.scenario.horizon
    for a, agreement in agreed.agreements.items():
        for year in contract_years(agreement, horizon):
            months = {horizon.index(month) for month in year.months}
            for s in problem.outlooks:
                paid = agreed.unit_usd * value(model.pyomo.agreement.missing[a, str(year.first), s])
                commitment = counted = 0.0
                for i in (i for name, i in agreed.tiers if name == a):
                    held = 1.0 if agreement.in_force else value(model.decide.tier[a, i])
                    commitment += held * float(year.commitment_usd(agreed.tiers[a, i]))
                for (name, i, _, t, _, o), under in model.decide.under.items():
                    if (name, o) == (a, s) and t in months and i != UNSIGNED:
                        counted += agreed.unit_usd * (1.0 - agreed.tiers[a, i].discount_share) * value(under)
                if paid - max(0.0, commitment - counted) > AGREED_SHARE * max(1.0, commitment):
                    return True
    return False

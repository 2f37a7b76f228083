"""Enterprise agreements: at most one tier of each; it discounts eligible charges and asks for so many in each year.

    sign_one_tier[a]:                    sum over i of tier[a,i]  <=  1
    count_what_is_eligible[a,e,t,s]:     sum over i, and unsigned, of under[a,i,e,t,b,s]  =  eligible[a,e,t,s]
    count_it_under_the_tier[a,i,e,t,s]:  under[a,i,e,t,b,s]  <=  most[a,e,t,s] * tier[a,i]
    keep_the_commitment[a,y,s]:          sum over i, e, t in y of (1 - discount_share[i]) * under[a,i,e,t,b,s]
                                             + missing[a,y,s]  >=  sum over i of commitment_usd[i,y] * tier[a,i]

    eligible: what the ledger charges for the provider's lines of the kinds that the agreement names, paid in month t

Unsigned, under counts with 1 - sum over i of tier[a,i] in place of the tier. One in force has its tier, and no choice.
What is paid for nothing could dilute a share of spend; it is not agreed. Where the plan found does so, it is made
again with

    pay_nothing_above[a,y,s]:   missing[a,y,s]  <=  commitment of the year * short[a,y,s]
    pay_what_is_short[a,y,s]:   (left less right side of keep_the_commitment)  <=  most of y * (1 - short[a,y,s])

    charged:  - discount_share[i] * under[a,i,e,t,b,s] in month t
              missing[a,y,s] in the last month of y in the horizon
              tier[a,i] * commitment_usd[i] / 12 for every month after the horizon

Dollars are counted in units of a power of ten near the commitment of a month (Agreed.unit_usd). Rows are divided by
most, or by the largest commitment of the year.

symbol               | V or P | explanation
tier[a,i]            | V      | 1 if agreement a is signed at tier i
under[a,i,e,t,b,s]   | V      | eligible charges if tier i holds, else 0; e: those that credits may pay, or the others
missing[a,y,s]       | V      | what discounted eligible charges of contract year y (by its first month) lack
short[a,y,s]         | V      | 1 if something is missing; only where a share of spend could gain from paying more
eligible[a,e,t,s]    | P      | linear in nodes and orders; constants for what is held
most[a,e,t,s]        | P      | the most it can be, by quota, stock and demand
commitment_usd[i,y]  | P      | of a year, by months where the horizon cuts it
discount_share[i]    | P      | discount of tier i
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.terms.agreement import (
    Agreement,
    AgreementTier,
    ContractYear,
    contract_years,
    discount_line,
    obligation_bill,
    shortfall_line,
)
from optimizer.agreed import UNSIGNED
from optimizer.decisions import WHOLE_MONTH, Decisions
from optimizer.eligible import Charged, EligibleCharges
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.problem import Problem
from optimizer.supply import Supply
from scenarios.policy import ShareMeasure

SENTENCES = {"keep_the_commitment": "commitment of {0} in the year from {1} no more than met"}


@dataclass(frozen=True)
class _Year:
    """A contract year of an agreement in one outlook."""

    agreement: Agreement
    tiers: dict[str, AgreementTier]
    year: ContractYear
    outlook: str

    @property
    def size_usd(self) -> float:
        """The largest commitment that can be signed; at least a dollar."""
        return max(1.0, *(float(self.year.commitment_usd(tier)) for tier in self.tiers.values()))


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Choose a tier, count what is eligible under it, hold it against the commitment, and charge all that."""
    years = {(y.agreement.agreement, str(y.year.first), y.outlook): y for y in _years(problem)}
    block.missing = pyo.Var(list(years), domain=pyo.NonNegativeReals)
    _sign_one_tier(block, problem, decide)
    eligible = _eligible(problem, ledger)
    _count_what_is_eligible(block, problem, decide, eligible)
    _keep_the_commitment(block, problem, decide, years)
    _pay_what_is_agreed(block, problem, decide, years if _could_gain(problem) else {}, eligible)
    _charge(block, problem, decide, ledger, years)


def _years(problem: Problem) -> Iterator[_Year]:
    agreed = problem.agreed
    for a, agreement in agreed.agreements.items():
        tiers = {i: tier for (name, i), tier in agreed.tiers.items() if name == a}
        for year in contract_years(agreement, problem.scenario.horizon):
            for s in problem.outlooks:
                yield _Year(agreement, tiers, year, s)


def _sign_one_tier(block: Any, problem: Problem, decide: Decisions) -> None:
    def sign_one_tier(_: Any, a: str) -> Any:
        return linear([(1.0, decide.tier[key]) for key in decide.tier if key[0] == a]) <= 1.0

    block.sign_one_tier = pyo.Constraint(sorted({a for a, _ in decide.tier}), rule=sign_one_tier)


_Place = tuple[str, str, int, str]
"""Agreement, part, month and outlook."""


def _eligible(problem: Problem, ledger: Ledger) -> dict[_Place, Charged]:
    agreed, horizon = problem.agreed, problem.scenario.horizon
    if not agreed.agreements:
        return {}
    charges = EligibleCharges(problem, ledger.charges)
    return {
        (a, part, horizon.index(month), s): charges.of(agreement.provider, kinds, horizon.index(month), s)
        for a, agreement in agreed.agreements.items()
        for month in agreement.months_in(horizon)
        for part, kinds in agreed.parts(agreement, month)
        for s in problem.outlooks
    }


def _count_what_is_eligible(
    block: Any, problem: Problem, decide: Decisions, eligible: dict[_Place, Charged]
) -> None:
    def count_what_is_eligible(_: Any, a: str, e: str, t: int, s: str) -> Any:
        charged = eligible[a, e, t, s]
        copies = [(-problem.agreed.unit_usd, decide.under[a, i, e, t, WHOLE_MONTH, s]) for i in _choices(problem, a)]
        size = 1.0 / max(1.0, charged.most_usd)
        return linear(scaled(size, [*charged.terms, *copies])) == -charged.constant_usd * size

    def count_it_under_the_tier(_: Any, a: str, i: str, e: str, t: int, s: str) -> Any:
        most = eligible[a, e, t, s].most_usd
        copy = (problem.agreed.unit_usd / max(1.0, most), decide.under[a, i, e, t, WHOLE_MONTH, s])
        share = most / max(1.0, most)
        if i != UNSIGNED:
            return linear([copy, (-share, decide.tier[a, i])]) <= 0.0
        return linear([copy, *((share, decide.tier[key]) for key in decide.tier if key[0] == a)]) <= share

    block.count_what_is_eligible = pyo.Constraint(list(eligible), rule=count_what_is_eligible)
    block.count_it_under_the_tier = pyo.Constraint(
        [(a, i, *rest) for a, *rest in eligible if not _in_force(problem, a) for i in _choices(problem, a)],
        rule=count_it_under_the_tier,
    )


def _in_force(problem: Problem, agreement: str) -> bool:
    return problem.agreed.agreements[agreement].in_force


def _choices(problem: Problem, agreement: str) -> list[str]:
    """Tiers under which eligible charges may count, and none of them where none need be signed."""
    tiers = [i for a, i in problem.agreed.tiers if a == agreement]
    return tiers if _in_force(problem, agreement) else [UNSIGNED, *tiers]


def _over_the_commitment(block: Any, problem: Problem, decide: Decisions, row: _Year) -> tuple[list[Term], float]:
    """Discounted eligible charges and what is missing, less the commitment: terms and constant."""
    a, s = row.agreement.agreement, row.outlook
    unit = problem.agreed.unit_usd
    terms: list[Term] = [(unit, block.missing[a, str(row.year.first), s])]
    constant = 0.0
    for month in row.year.months:
        t = problem.scenario.horizon.index(month)
        for part, _ in problem.agreed.parts(row.agreement, month):
            for i, tier in row.tiers.items():
                terms.append((unit * (1.0 - tier.discount_share), decide.under[a, i, part, t, WHOLE_MONTH, s]))
    for i, tier in row.tiers.items():
        commitment = float(row.year.commitment_usd(tier))
        if row.agreement.in_force:
            constant -= commitment
        else:
            terms.append((-commitment, decide.tier[a, i]))
    return terms, constant


_Years = dict[tuple[str, str, str], _Year]


def _keep_the_commitment(block: Any, problem: Problem, decide: Decisions, years: _Years) -> None:
    def keep_the_commitment(_: Any, a: str, y: str, s: str) -> Any:
        row = years[a, y, s]
        terms, constant = _over_the_commitment(block, problem, decide, row)
        return linear(scaled(1.0 / row.size_usd, terms)) >= -constant / row.size_usd

    block.keep_the_commitment = pyo.Constraint(list(years), rule=keep_the_commitment)


def _could_gain(problem: Problem) -> bool:
    """Whether paying more than is agreed could help to keep a share of spend."""
    caps = problem.scenario.policy.concentration
    return problem.settles_as_agreed and any(cap.measure is ShareMeasure.SPEND for cap in caps)


def _pay_what_is_agreed(
    block: Any, problem: Problem, decide: Decisions, years: _Years, eligible: dict[_Place, Charged]
) -> None:
    block.short = pyo.Var(list(years), domain=pyo.Binary)

    def pay_nothing_above(_: Any, a: str, y: str, s: str) -> Any:
        size = years[a, y, s].size_usd
        paid = (problem.agreed.unit_usd / size, block.missing[a, y, s])
        return linear([paid, (-1.0, block.short[a, y, s])]) <= 0.0

    def pay_what_is_short(_: Any, a: str, y: str, s: str) -> Any:
        row = years[a, y, s]
        terms, constant = _over_the_commitment(block, problem, decide, row)
        months = {problem.scenario.horizon.index(month) for month in row.year.months}
        most = row.size_usd + sum(
            charged.most_usd for (b, _, t, o), charged in eligible.items() if (b, o) == (a, s) and t in months
        )
        held = (most, block.short[a, y, s])
        return linear(scaled(1.0 / most, [*terms, held])) <= 1.0 - constant / most

    block.pay_nothing_above = pyo.Constraint(list(years), rule=pay_nothing_above)
    block.pay_what_is_short = pyo.Constraint(list(years), rule=pay_what_is_short)


def _charge(block: Any, problem: Problem, decide: Decisions, ledger: Ledger, years: _Years) -> None:
    agreed = problem.agreed
    for (a, i, _, t, _, s), under in decide.under.items():
        if i != UNSIGNED:
            ledger.charge_bill(
                [discount_line(agreed.tiers[a, i], problem.months[t], Decimal(1))],
                offering=None,
                provider=agreed.agreements[a].provider,
                variable=under,
                bills=agreed.unit_usd,
                outlook=s,
                probability=problem.probability[s],
            )
    for place, row in years.items():
        ledger.charge_bill(
            [shortfall_line(row.year, Decimal(1))],
            offering=None,
            provider=row.agreement.provider,
            variable=block.missing[place],
            bills=agreed.unit_usd,
            outlook=row.outlook,
            probability=problem.probability[row.outlook],
        )
    for (a, i), tier in agreed.tiers.items():
        agreement: Agreement = agreed.agreements[a]
        ledger.charge_bill(
            obligation_bill(agreement, tier, problem.scenario.horizon),
            offering=None,
            provider=agreement.provider,
            variable=None if agreement.in_force else decide.tier[a, i],
        )



"""Agreements and credits: every order vector, tier and number of lots of small cases, against the optimizer.

What the orders leave open is filled on demand. For a vector, a tier and lots given, everything else follows: the
discount, what is missing at the end of the year, and the credits that can be used (nothing is discounted in time, so
only their sum counts).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from random import Random

import pytest

from contracts.terms.agreement import Agreement, AgreementTier, Charge
from contracts.terms.credit import Credit
from contracts.terms.reserved import Reserved
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_credit,
    a_reserved,
    a_scenario,
    a_tier,
    an_agreement,
    an_offering,
    an_on_demand,
    flat_demand,
    run_settings,
    ten_requests_a_node,
)
from tests.enumerating import hours_of
from tests.proving import EXACT_USD, planned

FEW = range(12)
MANY = range(100, 220)
ON_DEMAND_USD = 10.0
STOCK = 2
KINDS = (Charge.ON_DEMAND, Charge.RESERVED)


@dataclass(frozen=True)
class Case:
    """One offering on demand or reserved, one agreement with two tiers, one prepaid credit."""

    months: int
    nodes: tuple[float, ...]
    reserved: Reserved
    agreement: Agreement
    tiers: tuple[AgreementTier, ...]
    credit: Credit
    tail: float

    def scenario(self) -> Scenario:
        demand = tuple(
            row.model_copy(update={"accepted_requests_per_s": 10 * nodes})
            for row, nodes in zip(flat_demand(months=self.months), self.nodes, strict=True)
        )
        return a_scenario(
            catalog=ten_requests_a_node(offerings=(an_offering(stock_nodes=STOCK, quota_nodes=20),)),
            contracts=(an_on_demand(), self.reserved),
            demand=demand,
            agreements=(self.agreement,),
            agreement_tiers=self.tiers,
            credits=(self.credit,),
            run=run_settings(months=self.months, beyond_horizon_weight=Decimal(str(self.tail))),
        )


def a_case(seed: int) -> Case:
    draw = Random(f"agreed {seed}")
    months = draw.choice([2, 3])
    nodes = tuple(draw.choice([1.25, 2.0, 3.5]) for _ in range(months))
    spend = sum(n * hours_of(t) for t, n in enumerate(nodes)) * ON_DEMAND_USD
    a_year = spend * 12 / months
    shares = sorted(draw.sample([0.03, 0.08, 0.15, 0.25], 2))
    commitments = sorted(round(Decimal(a_year * draw.uniform(0.2, 1.3)), 2) for _ in range(2))
    lot = round(Decimal(spend * draw.uniform(0.05, 0.3)), 2)
    return Case(
        months=months,
        nodes=nodes,
        reserved=a_reserved(price_usd_per_node_hour=Decimal(draw.choice([7, 8, 9])), term_months=draw.randint(1, 4)),
        agreement=an_agreement(
            start=FIRST + draw.randint(0, 1),
            eligible=draw.choice([KINDS, KINDS, KINDS[:1], KINDS[1:]]),
            in_force=False,
        ),
        tiers=tuple(
            a_tier(f"tier-{i}", commitment_usd_per_year=usd, discount_share=share)
            for i, (usd, share) in enumerate(zip(commitments, shares, strict=True))
        ),
        credit=a_credit(
            "prepaid",
            balance_usd=lot,
            price_usd=round(lot * Decimal(draw.uniform(0.6, 1.05)), 2),
            lots_at_most=3,
            last_month=FIRST + draw.randint(0, months),
            eligible=draw.choice([KINDS, KINDS[:1], KINDS[1:]]),
            invoice_share_cap=draw.choice([1.0, 0.5, 0.2]),
            invoice_cap_usd=draw.choice([None, round(lot / 2, 2)]),
        ),
        tail=draw.choice([0.0, 0.05]),
    )


def vectors(case: Case) -> Iterator[dict[int, int]]:
    """Nodes by start month, within the stock."""
    for orders in product(range(STOCK + 1), repeat=case.months):
        vector = dict(enumerate(orders))
        if all(active(case, vector, t) <= STOCK for t in range(case.months)):
            yield vector


def active(case: Case, vector: dict[int, int], t: int) -> int:
    return sum(n for u, n in vector.items() if u <= t < u + case.reserved.term_months)


def charges(case: Case, vector: dict[int, int], t: int) -> dict[Charge, float]:
    nodes = active(case, vector, t)
    return {
        Charge.ON_DEMAND: max(0.0, case.nodes[t] - nodes) * ON_DEMAND_USD * hours_of(t),
        Charge.RESERVED: nodes * float(case.reserved.price_usd_per_node_hour) * hours_of(t),
    }


def cost(case: Case, vector: dict[int, int], tier: AgreementTier | None, lots: int) -> float:
    months = range(case.months)
    charged = [charges(case, vector, t) for t in months]
    total = sum(sum(each.values()) for each in charged)
    for u, n in vector.items():
        after = range(case.months, u + case.reserved.term_months)
        total += case.tail * n * float(case.reserved.price_usd_per_node_hour) * sum(hours_of(t) for t in after)
    first = case.agreement.start - FIRST
    eligible = [sum(charged[t][k] for k in case.agreement.eligible) if t >= first else 0.0 for t in months]
    off = tier.discount_share if tier else 0.0
    if tier:
        a_year = float(tier.commitment_usd_per_year)
        discounted = sum(eligible) * (1 - off)
        total -= sum(eligible) * off
        total += max(0.0, a_year * (case.months - first) / 12 - discounted)
        total += case.tail * a_year * (12 - (case.months - first)) / 12
    payable = 0.0
    for t in range(min(case.months, case.credit.last_month - FIRST + 1)):
        own = {k: charged[t][k] for k in case.credit.eligible}
        taken = off * sum(usd for k, usd in own.items() if k in case.agreement.eligible) if t >= first else 0.0
        cap = float("inf") if case.credit.invoice_cap_usd is None else float(case.credit.invoice_cap_usd)
        payable += min(sum(own.values()) - taken, case.credit.invoice_share_cap * sum(own.values()), cap)
    return total + lots * float(case.credit.price_usd) - min(payable, lots * float(case.credit.balance_usd))


def least(case: Case) -> tuple[float, AgreementTier | None, int]:
    """The least cost, and with which tier and lots."""
    ways = product(vectors(case), (None, *case.tiers), range(case.credit.lots_at_most + 1))
    return min(
        ((cost(case, vector, tier, lots), tier, lots) for vector, tier, lots in ways), key=lambda found: found[0]
    )


def agree(seed: int) -> None:
    case = a_case(seed)
    usd, _, _ = least(case)
    plan = planned(case.scenario())
    rounding = EXACT_USD + 0.01 * len(plan.cost_lines)
    assert usd - rounding <= plan.incumbent_usd <= usd + rounding
    assert plan.bound_usd <= usd + rounding


@pytest.mark.parametrize("seed", FEW)
def test_no_tier_and_no_number_of_lots_is_cheaper_than_the_plan(seed: int) -> None:
    agree(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", MANY)
def test_no_tier_and_no_number_of_lots_is_cheaper_in_many_more_cases(seed: int) -> None:
    agree(seed)


def test_the_cases_sign_every_tier_and_none_and_buy_some_lots_and_none() -> None:
    best = [least(a_case(seed)) for seed in FEW]
    assert {tier.tier if tier else "none" for _, tier, _ in best} == {"none", "tier-0", "tier-1"}
    assert len({lots for _, _, lots in best}) >= 3

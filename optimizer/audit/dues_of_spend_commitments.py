"""The lines of spend commitments: the dollars of every hour, and on-demand use that they pay for."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.on_demand import OnDemand
from optimizer.audit.due import Due
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.payment import paid_for_month
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import CommittedSpend


def spend_commitment_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """Fees of the whole term, and what is taken off on-demand lines."""
    for row in stated.bought.committed:
        yield from _fee(inputs, row)
    yield from _covered(inputs, stated)


def _fee(inputs: Inputs, row: CommittedSpend) -> Iterator[Due]:
    """One part for the whole term in its first month, and the rest month by month."""
    terms = inputs.spend_commitments[row.contract]
    upfront = exact(terms.upfront_share)
    end = row.start + terms.term_months
    parts = [(Nature.SPEND_COMMITMENT_UPFRONT, row.start, end, upfront)]
    for months in range(terms.term_months):
        month = row.start + months
        parts.append((Nature.SPEND_COMMITMENT_RECURRING, month, month + 1, 1 - upfront))
    for nature, first, after, share in parts:
        if share:
            yield Due(
                nature=nature,
                outlook=row.outlook,
                payee=terms.provider,
                offering=None,
                source=row.contract,
                order=row.order,
                paid=first,
                service_first=first,
                service_end=after,
                quantity=row.usd_per_hour * hours_between(first, after),
                unit="usd",
                unit_price=share,
            )


def _covered(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """One line a month for each pair of commitment and on-demand contract, in each outlook."""
    node_hours: dict[tuple[str, str, str, Month], Decimal] = defaultdict(Decimal)
    for row in stated.bought.coverage:
        hours = inputs.block_hours[row.month][row.block]
        node_hours[row.outlook, row.contract, row.covers, row.month] += exact(row.nodes) * hours
    for (outlook, contract, covers, month), covered in node_hours.items():
        terms = inputs.terms[covers]
        assert isinstance(terms, OnDemand), "sifted"
        yield Due(
            nature=Nature.SPEND_COMMITMENT_COVERED,
            outlook=outlook,
            payee=inputs.spend_commitments[contract].provider,
            offering=terms.offering,
            source=contract,
            order=None,
            paid=paid_for_month(terms, month),
            service_first=month,
            service_end=month + 1,
            quantity=covered * (1 + exact(terms.startup_uplift_share)),
            unit="node_hour",
            unit_price=-inputs.effects.price(terms, outlook, month),
        )

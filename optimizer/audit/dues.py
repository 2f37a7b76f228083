"""Every line of cost that the terms call for, rebuilt from orders, held contracts, usage and migrations."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from optimizer.audit.due import Due
from optimizer.audit.dues_of_carbon import carbon_lines
from optimizer.audit.dues_of_changes import change_lines
from optimizer.audit.dues_of_contracts import held_lines, order_lines
from optimizer.audit.dues_of_events import event_lines
from optimizer.audit.dues_of_migrations import migration_lines
from optimizer.audit.dues_of_providers import agreement_lines, credit_lines, volume_lines
from optimizer.audit.dues_of_spend_commitments import spend_commitment_lines
from optimizer.audit.dues_of_tokens import token_lines
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.payment import paid_for_month
from optimizer.audit.splits import transfer_lines
from optimizer.audit.statements import Statements


def lines_due(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """All lines; call inside the context of money."""
    yield from order_lines(inputs, stated)
    yield from held_lines(inputs, stated)
    yield from _usage_lines(inputs, stated)
    yield from _shortfall_lines(inputs, stated)
    yield from migration_lines(inputs, stated)
    yield from spend_commitment_lines(inputs, stated)
    yield from volume_lines(inputs, stated)
    yield from agreement_lines(inputs, stated)
    yield from credit_lines(inputs, stated)
    yield from token_lines(inputs, stated)
    yield from transfer_lines(inputs, stated)
    yield from event_lines(inputs, stated)
    yield from change_lines(inputs, stated)
    yield from carbon_lines(inputs, stated)


def _usage_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    node_hours: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for usage in stated.usages:
        hours = inputs.block_hours[usage.month][usage.block]
        node_hours[usage.outlook, usage.contract, usage.month] += exact(usage.nodes) * hours
    for (outlook, contract, month), quantity in node_hours.items():
        terms = inputs.terms[contract]
        if isinstance(terms, OnDemand | Spot):
            yield Due(
                nature=Nature.ON_DEMAND_USAGE if isinstance(terms, OnDemand) else Nature.SPOT_USAGE,
                outlook=outlook,
                payee=inputs.offerings[terms.offering].provider,
                offering=terms.offering,
                source=contract,
                order=None,
                paid=paid_for_month(terms, month),
                service_first=month,
                service_end=month + 1,
                quantity=quantity * (1 + exact(terms.startup_uplift_share)),
                unit="node_hour",
                unit_price=inputs.effects.price(terms, outlook, month),
            )


def _shortfall_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    mtok: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for gap in stated.shortfalls:
        hours = inputs.block_hours[gap.month][gap.block]
        mtok[gap.outlook, gap.workload, gap.month] += exact(gap.accepted_tok_per_s) * hours * 3600 / Decimal(1_000_000)
    for (outlook, workload, month), quantity in mtok.items():
        yield Due(
            nature=Nature.SHORTFALL_PENALTY,
            outlook=outlook,
            payee=workload,
            offering=None,
            source=workload,
            order=None,
            paid=month,
            service_first=month,
            service_end=month + 1,
            quantity=quantity,
            unit="mtok",
            unit_price=inputs.workloads[workload].shortfall_price_usd_per_mtok,
        )

"""The lines of service by the token: millions of tokens at three prices, and units by the hour."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit.due import Due
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.statements import Statements
from optimizer.plan import ContingencyApi
from optimizer.plan_contracts import ApiPlacement

MILLION = Decimal(1_000_000)


def token_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """All lines; call inside the context of money."""
    yield from _by_the_token(inputs, stated)
    yield from _units(inputs, stated)


def priced_mtok(inputs: Inputs, row: ApiPlacement) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Kind, millions of tokens of a placement and their price: uncached input, cached input, output."""
    accepted = exact(row.accepted_tok_per_s) * inputs.block_hours[row.month][row.block] * 3600 / MILLION
    yield from priced_tokens(inputs, row, accepted)


def priced_tokens(
    inputs: Inputs, row: ApiPlacement | ContingencyApi, accepted: Decimal
) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Kind, tokens of all attempts for so many accepted ones, and their price by the million."""
    api = inputs.api_offers[row.api]
    workload, size_class = inputs.workloads[row.workload], inputs.classes[row.workload, row.size_class]
    written = accepted / (exact(workload.accepted_share) * (1 - exact(workload.retry_share)))
    read = written * exact(size_class.input_tokens) / exact(size_class.output_tokens)
    hit = exact(workload.cache_hit_share)
    yield "uncached", read * (1 - hit), api.price_usd_per_mtok_input
    yield "cached", read * hit, api.price_usd_per_mtok_cached_input
    yield "output", written, api.price_usd_per_mtok_output


def list_price(inputs: Inputs, rows: Iterable[ApiPlacement]) -> Iterator[tuple[ApiPlacement, Decimal]]:
    """What the API would charge for each placement, provisioned or not, unrounded."""
    for row in rows:
        yield row, sum((mtok * price for _, mtok, price in priced_mtok(inputs, row)), Decimal(0))


def _by_the_token(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    mtok: dict[tuple[str, str, Month, str, Decimal], Decimal] = defaultdict(Decimal)
    for row in stated.bought.api_placements:
        if row.contract is None:
            for kind, quantity, price in priced_mtok(inputs, row):
                mtok[row.outlook, row.api, row.month, kind, price] += quantity
    for (outlook, api, month, _, price), quantity in mtok.items():
        if quantity:
            yield Due(
                nature=Nature.API_USAGE,
                outlook=outlook,
                payee=inputs.api_offers[api].provider,
                offering=None,
                source=api,
                order=None,
                paid=month,
                service_first=month,
                service_end=month + 1,
                quantity=quantity,
                unit="mtok",
                unit_price=price,
                is_quotient=True,
            )


def _units(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """Every month of the term, also after the horizon."""
    for row in stated.bought.provisioned:
        terms = inputs.provisioned[row.contract]
        for months in range(terms.term_months):
            month = row.start + months
            yield Due(
                nature=Nature.PROVISIONED_RECURRING,
                outlook=row.outlook,
                payee=inputs.api_offers[terms.api].provider,
                offering=None,
                source=row.contract,
                order=row.order,
                paid=month,
                service_first=month,
                service_end=month + 1,
                quantity=Decimal(row.units * hours_between(month, month + 1)),
                unit="unit_hour",
                unit_price=terms.price_usd_per_unit_hour,
            )

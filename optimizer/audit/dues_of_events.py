"""What events are expected to cost: emergency nodes by the hour, and tokens of APIs that are left."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit.due import Due
from optimizer.audit.dues_of_tokens import MILLION, priced_tokens
from optimizer.audit.events import checked_blocks, survivors_of
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.statements import Statements
from scenarios.policy import Contingency


def event_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """All lines; call inside the context of money."""
    for event in inputs.policy.contingencies:
        expected = _Expected(inputs, stated, event)
        yield from _node_lines(inputs, stated, expected)
        yield from _token_lines(inputs, expected)


class _Expected:
    """The hours that an event is expected to last in a month, spread over its checked blocks."""

    def __init__(self, inputs: Inputs, stated: Statements, event: Contingency) -> None:
        self.event = event
        self._hours = inputs.block_hours
        self._blocks = {month: checked_blocks(inputs, event, month) for month in inputs.months}
        self.cases = [
            case
            for case in stated.cases
            if case.contingency == event.contingency and case.block in self._blocks[case.month]
        ]

    def hours(self, month: Month, block: str) -> Decimal:
        """Hours of the month that are expected to fall on a block."""
        all_hours = sum(self._hours[month][checked] for checked in self._blocks[month])
        expected = exact(self.event.probability_per_year) / 12 * exact(self.event.duration_hours)
        return expected * self._hours[month][block] / all_hours


def _node_lines(inputs: Inputs, stated: Statements, expected: _Expected) -> Iterator[Due]:
    left = survivors_of(inputs, stated, expected.event).on_demand
    node_hours: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for case in expected.cases:
        for use in case.emergency:
            hours = expected.hours(case.month, case.block)
            node_hours[case.outlook, use.offering, case.month] += exact(use.on_demand_nodes) * hours
    for (outlook, offering, month), quantity in node_hours.items():
        prices = [inputs.effects.price(terms, outlook, month) for terms in left.get(offering, ())]
        if quantity and prices:
            yield _line(
                expected.event,
                outlook,
                month,
                payee=inputs.offerings[offering].provider,
                offering=offering,
                quantity=quantity,
                unit="node_hour",
                price=min(prices),
            )


def _token_lines(inputs: Inputs, expected: _Expected) -> Iterator[Due]:
    """Uncached input, cached input and output of each API by themselves."""
    mtok: dict[tuple[str, str, Month, str, Decimal], Decimal] = defaultdict(Decimal)
    for case in expected.cases:
        for row in case.api_placements:
            seconds = expected.hours(case.month, case.block) * 3600
            accepted = exact(row.accepted_tok_per_s) * seconds / MILLION
            for kind, quantity, price in priced_tokens(inputs, row, accepted):
                mtok[case.outlook, row.api, case.month, kind, price] += quantity
    for (outlook, api, month, _, price), quantity in mtok.items():
        if quantity and price:
            yield _line(
                expected.event,
                outlook,
                month,
                payee=inputs.api_offers[api].provider,
                offering=None,
                quantity=quantity,
                unit="mtok",
                price=price,
            )


def _line(
    event: Contingency,
    outlook: str,
    month: Month,
    *,
    payee: str,
    offering: str | None,
    quantity: Decimal,
    unit: str,
    price: Decimal,
) -> Due:
    return Due(
        nature=Nature.EMERGENCY_EXPECTED,
        outlook=outlook,
        payee=payee,
        offering=offering,
        source=event.contingency,
        order=None,
        paid=month,
        service_first=month,
        service_end=month + 1,
        quantity=quantity,
        unit=unit,
        unit_price=price,
        is_quotient=True,
    )

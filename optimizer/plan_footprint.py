"""What the nodes of a plan draw and emit, and the index of its fleet, as plain records (docs/decisions/0037)."""

from decimal import Decimal

from catalog.records import Id, Record
from contracts.calendar import Month


class FootprintMonth(Record):
    """Energy and emissions of an offering in a month of an outlook; all figures rounded to nine decimals."""

    outlook: Id
    month: Month
    offering: Id
    node_hours: Decimal
    """Held or used: what is committed for all hours of the month, what is bought by the hour as it runs."""
    energy_kwh: Decimal
    """Cooling and losses of the site included."""
    t_co2e: Decimal
    """Location-based, operation only; tokens bought by the token have no figure."""


class SovereigntyMonth(Record):
    """Index of the fleet in a month of an outlook, weighed with capacity (node-hours x list price)."""

    outlook: Id
    month: Month
    index: float | None
    """0 to 100; None in a month without capacity."""

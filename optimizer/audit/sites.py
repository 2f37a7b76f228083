"""Sites: the power and the space that owned nodes take, in every month and outlook."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, localcontext

from contracts.calendar import Month
from contracts.terms.owned import Owned
from optimizer.audit.checks import Checks, Place
from optimizer.audit.deliveries import deliveries
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.statements import Statements


@dataclass
class Taken:
    """What delivered nodes take of a site."""

    power_kw: Decimal = Decimal(0)
    rack_units: Decimal = Decimal(0)


def kw_per_node(terms: Owned) -> Decimal:
    """Power of a node with what it costs to cool it."""
    return exact(terms.power_kw_per_node) * terms.pue


def check_sites(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Everything that stands at a site together, whoever made it."""
    taken: dict[tuple[str, str, Month], Taken] = defaultdict(Taken)
    with localcontext(MONEY):
        for delivered in deliveries(inputs, stated):
            terms = delivered.terms
            if isinstance(terms, Owned):
                for month in inputs.months:
                    if delivered.serves(month):
                        there = taken[terms.site, delivered.outlook, month]
                        there.power_kw += delivered.order.nodes * kw_per_node(terms)
                        there.rack_units += delivered.order.nodes * exact(terms.rack_units_per_node)
    for (site, outlook, month), there in taken.items():
        limits = inputs.sites.get(site)
        if limits is not None:
            place: Place = (site, outlook, month)
            checks.at_most("sites.power", place, float(there.power_kw), limits.power_kw, "kW")
            checks.at_most("sites.space", place, float(there.rack_units), limits.rack_units, "rack units")

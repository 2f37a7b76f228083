"""The published footprint and index of the fleet against those worked out from nodes, figures and ratings."""

from decimal import Decimal, localcontext

from optimizer.audit.checks import Checks, Place
from optimizer.audit.drawn import needs_energy
from optimizer.audit.due import MONEY
from optimizer.audit.emissions import Emitted, emissions
from optimizer.audit.figures import Inputs
from optimizer.audit.sovereignty import FleetIndex
from optimizer.audit.statements import Statements
from optimizer.plan_footprint import FootprintMonth

LAST_DECIMAL = Decimal("1e-9")
UNITS = ("node_hour", "kWh", "t CO2e")


def check_footprint(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every row that is due, once, with its figures; none that is not."""
    with localcontext(MONEY):
        due = {(row.outlook, row.month, row.offering): row for row in _due(inputs, stated)}
        found = {(row.outlook, row.month, row.offering): row for row in stated.footprint}
        for key in sorted(due.keys() | found.keys(), key=str):
            is_stated, is_due = key in found, key in due
            checks.true(
                "footprint.rows",
                key,
                is_stated == is_due,
                left="a row" if is_stated else "no row",
                operator="but",
                right="one is due" if is_due else "none is due",
            )
            if is_stated and is_due:
                _check_row(key, found[key], due[key], checks)
    _check_index(inputs, stated, checks)


def _due(inputs: Inputs, stated: Statements) -> list[Emitted]:
    """Offerings with node-hours and known figures, where there are tables of energy or a rule that needs them."""
    catalog = inputs.scenario.catalog
    if not (catalog.accelerator_power or catalog.region_energy or needs_energy(inputs)):
        return []
    return [row for row in emissions(inputs, stated) if row.t_co2e is not None]


def _check_row(place: Place, row: FootprintMonth, due: Emitted, checks: Checks) -> None:
    stated = (row.node_hours, row.energy_kwh, row.t_co2e)
    own = (due.node_hours, due.energy_kwh or Decimal(0), due.t_co2e or Decimal(0))
    for left, right, unit in zip(stated, own, UNITS, strict=True):
        allowed = LAST_DECIMAL * max(Decimal(1), right)
        checks.within("footprint.figures", (*place, unit), left, right, unit, allowed=allowed)


def _check_index(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every outlook and month, where there is a rating or a floor."""
    is_due = bool(inputs.scenario.catalog.sovereignty or inputs.policy.sovereignty)
    due = {(outlook, month) for outlook in inputs.probability for month in inputs.months} if is_due else set()
    found = {(row.outlook, row.month): row.index for row in stated.sovereignty}
    if due or found:
        checks.same("footprint.index", ("outlooks and months",), sorted(map(str, found)), sorted(map(str, due)))
    if not due:
        return
    fleet = FleetIndex(inputs, stated)
    for key in sorted(due & found.keys(), key=str):
        weighed, capacity = fleet.weighed(key[0], (key[1],))
        stated_index = found[key]
        if stated_index is None or capacity <= 0:
            checks.same("footprint.index", key, stated_index is None, capacity <= 0, "is empty")
        else:
            checks.close("footprint.index", key, stated_index, weighed / capacity, "points")

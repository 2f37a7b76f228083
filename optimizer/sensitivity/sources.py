"""Where candidates come from, written out once, in the order of decision 0026."""

from optimizer.sensitivity.candidates import Source, settings_of_the_run
from optimizer.sensitivity.limits import (
    after_events,
    audit_answers,
    changes_of_orders,
    counted_as_cost,
    limits,
    second_sources,
)
from optimizer.sensitivity.rules import budgets, concentration_caps, floors, migrations_at_once, spot_shares
from optimizer.sensitivity.supply import goodput, stock_and_quota
from optimizer.sensitivity.trade import demand, prices_by_the_hour, prices_of_contracts

SOURCES: tuple[Source, ...] = (
    demand,
    prices_by_the_hour,
    prices_of_contracts,
    goodput,
    concentration_caps,
    floors,
    budgets,
    spot_shares,
    migrations_at_once,
    limits,
    second_sources,
    audit_answers,
    changes_of_orders,
    counted_as_cost,
    after_events,
    settings_of_the_run,
    stock_and_quota,
)

"""What a Plan says of the events that it survives: where everything would be served, and on what it would lean."""

from catalog.records import Id, Record
from contracts.calendar import Month
from optimizer.plan_splits import ContingencySplit


class EmergencyUse(Record):
    """Nodes that are not firm and that a contingency leans on."""

    offering: Id
    on_demand_nodes: float
    not_firm_nodes: float


class ContingencyPlacement(Record):
    """Where a size class would be served after the event."""

    workload: Id
    size_class: Id
    offering: Id
    accepted_tok_per_s: float
    nodes: float


class ContingencyApi(Record):
    """What an API offer would serve of a size class after the event."""

    workload: Id
    size_class: Id
    api: Id
    accepted_tok_per_s: float


class ContingencyCase(Record):
    """Proof that one contingency is survived in one block: a routing that fits what is left."""

    contingency: Id
    outlook: Id
    month: Month
    block: Id
    placements: tuple[ContingencyPlacement, ...]
    emergency: tuple[EmergencyUse, ...]
    split_placements: tuple[ContingencySplit, ...] = ()
    api_placements: tuple[ContingencyApi, ...] = ()

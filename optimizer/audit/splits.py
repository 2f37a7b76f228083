"""What splits serve, keep busy and move, by the arithmetic of decision 0030."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit.due import Due
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.statements import Statements
from optimizer.plan import ContingencyCase, Pool
from optimizer.plan_splits import SplitPlacement


class Busy(NamedTuple):
    """Nodes of an offering that one role of a split keeps busy."""

    offering: str
    pool: Pool
    nodes: float


def busy_roles(inputs: Inputs, row: SplitPlacement) -> tuple[Busy, Busy]:
    """Prefill and decode."""
    split = inputs.splits[row.split]
    return (
        Busy(split.prefill_offering, row.prefill_pool, row.prefill_nodes),
        Busy(split.decode_offering, row.decode_pool, row.decode_nodes),
    )


def busy_after_event(inputs: Inputs, case: ContingencyCase) -> Iterator[Busy]:
    """Both roles of everything that splits serve after an event."""
    for row in case.split_placements:
        split = inputs.splits[row.split]
        yield Busy(split.prefill_offering, Pool.BASE, row.prefill_nodes)
        yield Busy(split.decode_offering, Pool.BASE, row.decode_nodes)


def stacks_of(inputs: Inputs, split: str) -> frozenset[str]:
    """Stacks that a split needs: one or two."""
    row = inputs.splits[split]
    return frozenset({inputs.stack(row.prefill_offering), inputs.stack(row.decode_offering)})


def split_tokens(inputs: Inputs, row: SplitPlacement) -> float:
    """Accepted output tokens of a placement."""
    return row.accepted_tok_per_s * 3600.0 * inputs.block_hours[row.month][row.block]


def transfer_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """What moves, a line for each split, month and outlook; call inside the context of money."""
    kv_kb = {(row.model, row.precision): row.kv_kb_per_token for row in inputs.scenario.catalog.models}
    moved: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for row in stated.bought.split_placements:
        split, workload = inputs.splits[row.split], inputs.workloads[row.workload]
        size_class = inputs.classes[row.workload, row.size_class]
        accepted = exact(row.accepted_tok_per_s) * inputs.block_hours[row.month][row.block] * 3600
        attempts = accepted / exact(size_class.output_tokens)
        attempts /= exact(workload.accepted_share) * (1 - exact(workload.retry_share))
        gb = exact(kv_kb.get((split.model, split.precision), 0.0)) * exact(size_class.input_tokens) / Decimal(1_000_000)
        moved[row.outlook, row.split, row.month] += attempts * gb
    for (outlook, name, month), gb in moved.items():
        if not gb:
            continue
        split = inputs.splits[name]
        yield Due(
            nature=Nature.KV_TRANSFER,
            outlook=outlook,
            payee=inputs.offerings[split.prefill_offering].provider,
            offering=split.prefill_offering,
            source=name,
            order=None,
            paid=month,
            service_first=month,
            service_end=month + 1,
            quantity=gb,
            unit="gb",
            unit_price=split.transfer_usd_per_gb,
            is_quotient=True,
        )

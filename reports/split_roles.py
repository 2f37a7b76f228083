"""Roles of splits as placements, for sheets that sum what offerings do."""

from __future__ import annotations

from optimizer.plan import Placement, Plan


def roles_of_splits(plan: Plan) -> tuple[Placement, ...]:
    """Each role of a split as a placement; its tokens stand with the offering that writes them, and only there."""
    split = {row.split: row for row in plan.scenario.splits}
    return tuple(
        Placement(
            outlook=row.outlook,
            month=row.month,
            block=row.block,
            workload=row.workload,
            size_class=row.size_class,
            offering=offering,
            pool=pool,
            accepted_tok_per_s=tok_per_s,
            nodes=nodes,
        )
        for row in plan.split_placements
        for offering, pool, tok_per_s, nodes in (
            (split[row.split].prefill_offering, row.prefill_pool, 0.0, row.prefill_nodes),
            (split[row.split].decode_offering, row.decode_pool, row.accepted_tok_per_s, row.decode_nodes),
        )
    )


def points_of_splits(plan: Plan) -> set[str]:
    """Points that either role of a split in use rests on."""
    roles = ((row.serving.prefill, row.serving.decode) for row in plan.split_goodput)
    return {point for pair in roles for role in pair for point in role.points}

"""What commitments save, cover and leave idle, in two lines for the screen (docs/decisions/0020)."""

from collections.abc import Iterator

from optimizer.plan import Plan
from reports.commitment_use import CommitmentUse


def account_facts(plan: Plan) -> Iterator[tuple[str, str]]:
    """Label and sentence; nothing where nothing ran."""
    use = CommitmentUse(plan)
    over_list, over_negotiated = use.saved_over_list, use.saved_over_negotiated
    if over_list is None or over_negotiated is None:
        return
    yield "Savings rate", f"{over_list:.1%} over list, {over_negotiated:.1%} over negotiated on-demand prices"
    if use.coverage is None:
        return
    if use.utilisation is None:
        yield "Commitments", "none: nothing that runs is covered"
        return
    yield "Commitments", f"cover {use.coverage:.1%} of use; {use.utilisation:.1%} of them used"

"""What the plan saves against other ways, in sentences for the screen."""

from collections.abc import Iterator

from optimizer.plan import Plan
from reports.console_tables import wrapped
from reports.savings import savings

INDENT = "  "


def savings_lines(plan: Plan, width: int) -> Iterator[str]:
    """One sentence for each way that has a plan; what has none stands in the table of ways only."""
    compared = [saving for saving in savings(plan) if saving.saves_usd is not None]
    if not compared:
        return
    yield ""
    yield "What it saves, and where it does not"
    for saving in compared:
        yield from wrapped(saving.sentence, width, first=INDENT, rest=INDENT * 2)

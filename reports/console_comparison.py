"""The plan beside other ways to serve the same demand, as lines for the screen."""

from collections.abc import Iterator, Sequence

from optimizer.plan import Baseline, Plan
from reports.console_tables import Column, table_lines, table_width, wrapped
from reports.money_text import dollars, mtok_price

MOST_BROKEN = 1
"""Broken rules of a baseline that are told on the screen."""
LIFTED_RULES = (
    "share caps and floors, limits of lock-in, second sources, sovereignty, caps on power and carbon, events to be"
    " survived, budgets, stability, migrations at once, stock and quota"
)
"""What `optimizer.baselines.lifting` takes away, in the words of the policy."""
INDENT = "  "


def comparison_lines(plan: Plan, width: int) -> Iterator[str]:
    """Other ways to serve the same demand, and beneath the table what each of them leaves out."""
    if not plan.baselines:
        return
    yield ""
    yield "Against other ways to serve the same demand"
    columns = [Column("way"), *(Column(text, right=True) for text in ("minimised USD", "more than plan", "USD/Mtok"))]
    notes = list(dict.fromkeys(_said_of(plan, baseline) for baseline in plan.baselines))
    ours: tuple[str, ...] = ("this plan", dollars(plan.totals.objective_usd), "", mtok_price(plan.totals.usd_per_mtok))
    rows = [ours, *(_baseline(plan, baseline, notes) for baseline in plan.baselines)]
    if table_width(columns, rows) + len(INDENT) > width:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    yield from (INDENT + line for line in table_lines(columns, rows))
    for number, note in enumerate(notes, start=1):
        yield from wrapped(note, width, first=f"{INDENT}[{number}] ", rest=" " * 6)
    if any("lifted" in baseline.note for baseline in plan.baselines):
        yield from wrapped(
            f"Rules lifted: {LIFTED_RULES}. All that is broken: workbook, sheet Summary",
            width,
            first=INDENT,
            rest=INDENT,
        )


def _baseline(plan: Plan, baseline: Baseline, notes: Sequence[str]) -> tuple[str, ...]:
    name = f"{baseline.name} [{notes.index(_said_of(plan, baseline)) + 1}]"
    if baseline.objective_usd is None:
        return name, baseline.outcome.replace("_", " "), "", ""
    ours = plan.totals.objective_usd
    more = baseline.objective_usd - ours
    share = f"{more / ours:7.1%}" if ours else ""
    return name, dollars(baseline.objective_usd), f"{dollars(more)} {share}", mtok_price(baseline.usd_per_mtok)


def _said_of(plan: Plan, baseline: Baseline) -> str:
    """What a baseline leaves out and breaks, and whether its difference is smaller than the two gaps together.

    Where it is, the bound of the dearer one may still prove which is dearer, but not by how much.
    """
    if baseline.objective_usd is None or baseline.bound_usd is None:
        return baseline.note
    said = f"{baseline.note}; {broken_words(baseline)}"
    ours, other = float(plan.totals.objective_usd), float(baseline.objective_usd)
    gaps = plan.incumbent_usd - plan.bound_usd + other - baseline.bound_usd
    if abs(other - ours) > gaps:
        return said
    if baseline.bound_usd > ours or plan.bound_usd > other:
        return f"which is dearer is proven, by how much is within the gaps; {said}"
    return f"no evidence, the difference is within the gaps; {said}"


def broken_words(baseline: Baseline) -> str:
    """How many rules of the scenario a baseline breaks, and the first of them."""
    if not baseline.breaks:
        return "breaks no rule: a real alternative"
    count = len(baseline.breaks)
    more = f"; and {count - MOST_BROKEN} more" if count > MOST_BROKEN else ""
    return f"BREAKS {count} rule{'' if count == 1 else 's'}: {'; '.join(baseline.breaks[:MOST_BROKEN])}{more}"

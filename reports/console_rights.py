"""Rights on the screen: what to give notice of, what to refuse, and by which day."""

from collections.abc import Iterator

from optimizer.plan import Plan
from optimizer.plan_contracts import Right
from reports.console_tables import Column, table_lines, wrapped
from reports.facts import ALL_OUTLOOKS, Facts
from reports.sheets.rights import NOT_USED, REFUSE, RightRow, right_rows

MOST_RIGHTS = 10
INDENT = "  "
_COLUMNS = (Column("act by"), Column("commitment"), Column("nodes", right=True), Column("from"), Column("what to do"))
_DO = {Right.TERMINATE: "terminate", Right.SWAP: "swap", Right.RENEW: "renew"}


def right_lines(plan: Plan, width: int) -> Iterator[str]:
    """One line for each notice to give; nothing where no contract has rights."""
    rows = right_rows(Facts(plan))
    if not rows:
        return
    acting = [row for row in rows if row.state != NOT_USED]
    yield from ("", "Notices to give, and renewals")
    if not acting:
        yield f"{INDENT}none: no right is used (workbook, sheet Rights)"
        return
    cells = [(*_figures(row), _words(row)) for row in acting[:MOST_RIGHTS]]
    for line in table_lines(_COLUMNS, cells):
        yield from wrapped(line, width, first=INDENT, rest=INDENT * 2) if len(line) > width else (INDENT + line,)
    if len(acting) > MOST_RIGHTS:
        yield f"{INDENT}... and {len(acting) - MOST_RIGHTS} more (workbook, sheet Rights)"


def _figures(row: RightRow) -> tuple[str, str, str, str]:
    month = row.used.month if row.used is not None else row.open_from
    return str(row.act_by or "-"), row.commitment, str(row.nodes), str(month)


def _words(row: RightRow) -> str:
    only = "" if row.outlook == ALL_OUTLOOKS else f", only if {row.outlook} comes"
    if row.state == REFUSE:
        return f"refuse the renewal{only}"
    assert row.used is not None
    words = _DO[row.right]
    if row.right is Right.SWAP:
        words += f" to {row.used.to_nodes} nodes of {row.used.to_offering}"
    if row.right is Right.RENEW:
        words += f" {row.used.renewals} x" + (", by itself: nothing to do" if row.act_by is None else "")
    return f"{words}{only}"

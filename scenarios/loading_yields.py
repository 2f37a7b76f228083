"""Yields by column name a stack or an offering that there is."""

from catalog.findings import Code, Finding, did_you_mean, shown
from scenarios.column_yields import YieldScope
from scenarios.loading_tables import Tables


def check_yields(tables: Tables, findings: list[Finding]) -> None:
    """Report rows that would hold for nothing, in silence."""
    targets = {
        YieldScope.STACK: (tables.accelerators, "stack"),
        YieldScope.OFFERING: (tables.offerings, "offering"),
    }
    for row in tables.column_yields.placed:
        table, column = targets[row.record.scope]
        if not table.may_hold(column, row.record.name):
            hint = did_you_mean(row.record.name, table.names(column))
            expected = f"a name in column {column} of {table.spec.name}"
            findings.append(Finding(Code.REFERENCE, row.at("name"), shown(row.record.name), expected, hint))

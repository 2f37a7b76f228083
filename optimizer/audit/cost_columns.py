"""What the price of a column includes and what nobody states of it, as the lines and the kinds of columns tell."""

from collections.abc import Collection

from contracts.terms.common import Nature
from optimizer.audit.checks import Checks
from optimizer.audit.cost_lines import BY_HOURS, BY_USE
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from optimizer.plan_unit_cost import ColumnParts, Part

RULE = "unit_cost.columns"
MAY_BE_IN_A_PRICE = (Part.HOST, Part.NETWORK, Part.STORAGE_AND_CACHE, Part.POWER_OR_OVERHEAD, Part.ORCHESTRATION)
OF_OWNED = (Nature.OWNED_CAPEX, Nature.OWNED_RESIDUAL, Nature.OWNED_UPKEEP, Nature.OWNED_POWER)
Column = tuple[str, str]
"""Offering, API or split, and its name."""


def check_columns(
    inputs: Inputs,
    stated: Statements,
    columns: tuple[ColumnParts, ...],
    amounts: Collection[tuple[Column, str]],
    checks: Checks,
) -> None:
    """Every column with a cost is told once, and of each part whether it is an amount, included or not stated."""
    told = {_column(row): row for row in columns}
    checks.same(RULE, ("columns",), len(told), len(columns))
    for column in {column for column, _ in amounts} - told.keys():
        checks.true(RULE, column, False, left="a cost", operator="but", right="no word of what its price includes")
    for column, row in told.items():
        _check_column(inputs, stated, row, {part for of, part in amounts if of == column}, checks)


def _column(row: ColumnParts) -> Column:
    found = (("offering", row.offering), ("api", row.api), ("split", row.split))
    return next(((kind, name) for kind, name in found if name is not None), ("none", ""))


def _check_column(
    inputs: Inputs, stated: Statements, row: ColumnParts, amounts: Collection[str], checks: Checks
) -> None:
    kind, name = column = _column(row)
    known = {"offering": set(inputs.offerings), "api": set(inputs.api_offers), "split": set(inputs.splits)}
    if not checks.true(
        RULE, column, name in known.get(kind, ()), left=name, operator="in", right="columns of the inputs"
    ):
        return
    untold = {part for part in MAY_BE_IN_A_PRICE if part not in row.included and part not in row.not_stated}
    may = _billed(inputs, stated, column)
    is_sound = untold <= may and all(part in untold for part in MAY_BE_IN_A_PRICE if part in amounts)
    checks.true(RULE, column, is_sound, left=sorted(untold), operator="as", right=sorted(amounts))
    price = _in_the_price(inputs, stated, column)
    included = tuple(part for part in MAY_BE_IN_A_PRICE if part in price and part not in untold)
    unknown = tuple(part for part in MAY_BE_IN_A_PRICE if part not in price and part not in untold)
    checks.same(RULE, (*column, "included"), row.included, included)
    checks.same(RULE, (*column, "not stated"), row.not_stated, unknown)


def _offerings(inputs: Inputs, column: Column) -> tuple[str, ...]:
    kind, name = column
    if kind == "split":
        return inputs.splits[name].prefill_offering, inputs.splits[name].decode_offering
    return (name,) if kind == "offering" else ()


def _billed(inputs: Inputs, stated: Statements, column: Column) -> set[Part]:
    """Parts that lines of the column may bill apart, be it for nothing."""
    offerings, parts = _offerings(inputs, column), set()
    for line in stated.lines:
        if line.nature is Nature.KV_TRANSFER and column == ("split", line.source):
            parts.add(Part.NETWORK)
        if line.nature in (Nature.OWNED_UPKEEP, Nature.OWNED_POWER) and line.offering in offerings:
            parts.add(Part.POWER_OR_OVERHEAD)
    return parts


def _in_the_price(inputs: Inputs, stated: Statements, column: Column) -> set[Part]:
    """Of an API all of it; of nodes all but orchestration, and no power where every node is owned."""
    if column[0] == "api":
        return set(MAY_BE_IN_A_PRICE)
    price = set(MAY_BE_IN_A_PRICE) - {Part.ORCHESTRATION}
    for offering in _offerings(inputs, column):
        natures = {line.nature for line in stated.lines if line.offering == offering}
        of_nodes = natures & {*BY_HOURS, *BY_USE}
        if of_nodes and of_nodes <= set(OF_OWNED):
            price.discard(Part.POWER_OR_OVERHEAD)
    return price

"""Cover and Log of a comparison: what was asked, whether it can be trusted, how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.comparing.comparison import Compared, Comparison, Proof
from reports.change_words import changes_in_words
from reports.comparison.compare import PROVEN, CompareSheet
from reports.comparison.scenarios import reasons_of
from reports.comparison.words import interval_words
from reports.cover_parts import Fact, log_of, put_classes, put_contents, put_facts, put_notes
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet

MOST_ON_A_PAGE = 8
_SIGNS = (
    "A difference is the variant less the base: positive where the variant is dearer. Red in brackets is negative.",
    "Amounts are USD. The objective is a present value with penalties; effective cost and cash are undiscounted.",
    "Each plan lies between its bound and what it costs. The difference of two optima therefore lies in an interval;",
    "where that interval holds 0, the two are not distinguishable, and neither is called the cheaper one.",
)
GLOSSARY = (
    ("base", "the plan that all variants are compared with"),
    ("bound", "no plan for these inputs costs less, as far as the solver can prove"),
    ("bridge", "the way from the base's objective to the variant's, step by step"),
    ("buy list", "what somebody signs or declares: orders, rights, commitments, agreements, credits, migrations"),
    ("gap", "objective less bound: how much cheaper another plan could be at most"),
    ("joint effect", "what changes do together beyond what each of them does alone"),
    ("Mtok", "one million accepted output tokens"),
    ("not distinguishable", "the gaps together are larger than the difference: no evidence of a sign"),
    ("objective", "present value of cost, penalties and expected emergencies; cost after the horizon at its weight"),
    ("variant", "the base's inputs with named changes, planned and audited anew"),
)


def cover_sheet(
    comparison: Comparison, compare: CompareSheet, master: Expr, contents: Sequence[tuple[str, str]]
) -> Sheet:
    """The first page: the base, the variants with what is proven of each, the other sheets."""
    grid = Grid("Cover", "read")
    grid.heading("What-if comparison", f"Fleet procurement plans of {comparison.scenario}")
    row = put_facts(grid, 3, "This comparison", _facts(comparison, master))
    grid.status.append(f"B{row - 1}")
    row = _variants(grid, row, comparison, compare)
    row = put_classes(grid, row)
    row = put_notes(grid, row, "Signs, units and proof", _SIGNS)
    put_contents(grid, row, contents)
    columns = tuple(Column(name, width) for name, width in zip("ABCDEF", (34, 20, 12, 17, 24, 62), strict=True))
    one_page = len(comparison.variants) <= MOST_ON_A_PAGE
    return grid.sheet(columns, print_setup=Print(pages_high=1 if one_page else 0))


def _facts(comparison: Comparison, master: Expr) -> list[Fact]:
    base, versions = comparison.base, comparison.versions
    return [
        Fact("Scenario", comparison.scenario, kind=Kind.INPUT),
        Fact("Base", comparison.base_name, kind=Kind.INPUT),
        Fact("Run id of the base", base.run_id),
        Fact("Order date", comparison.order_date, Fmt.DATE, Kind.INPUT),
        Fact("Made by", f"siliconmix {versions.siliconmix}"),
        Fact("Variants", len(comparison.variants), Fmt.WHOLE),
        Fact("... of which solved", len(comparison.solved()), Fmt.WHOLE),
        Fact("Master check", master, kind=Kind.TOTAL),
    ]


def _variants(grid: Grid, row: int, comparison: Comparison, compare: CompareSheet) -> int:
    grid.put(row, 0, "Plans", kind=Kind.SECTION)
    row += 1
    headers = ("Plan", "Status", "Gap", "Less base, USD", "Proven", "What was changed, or why there is no plan")
    for col, text in enumerate(headers):
        grid.put(row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col in (2, 3) else Fmt.TEXT)
    row += 1
    _plan(grid, row, comparison.base_name, comparison.base)
    grid.put(row, 5, "the base", kind=Kind.NOTE)
    numbers = {one.name: number for number, (one, _) in enumerate(comparison.solved(), start=1)}
    for one in comparison.variants:
        row += 1
        if one.against is None:
            grid.put(row, 0, one.name, wrapped=True)
            grid.put(row, 1, one.outcome.value.upper(), kind=Kind.DECISION)
            grid.put(row, 5, reasons_of(one)[:1000], kind=Kind.DECISION, wrapped=True)
            continue
        _plan(grid, row, one.name, one.against.proof)
        grid.put(row, 3, one.against.difference.usd, kind=Kind.DECISION, fmt=Fmt.MONEY)
        grid.put(row, 4, compare.at(PROVEN, numbers[one.name]), kind=Kind.LINK)
        grid.put(row, 5, changes_in_words(one.changes), kind=Kind.INPUT, wrapped=True)
    return row + 2


def _plan(grid: Grid, row: int, name: str, proof: Proof) -> None:
    grid.put(row, 0, name, wrapped=True)
    grid.put(row, 1, proof.status.value.replace("_", " "), kind=Kind.DECISION)
    grid.put(row, 2, proof.gap_share, kind=Kind.DECISION, fmt=Fmt.GAP)


def log_sheet(comparison: Comparison) -> Sheet:
    """How every plan was made and proven, why some are missing, and what the words mean."""
    return log_of("Log: how these plans were made", "Enough to run them again.", _sections(comparison))


def _sections(comparison: Comparison) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    versions = comparison.versions
    yield (
        "Made by",
        [
            ("siliconmix", versions.siliconmix),
            ("Python, Pyomo, highspy", f"{versions.python}, {versions.pyomo}, {versions.highspy}"),
        ],
    )
    yield f"Base: {comparison.base_name}", _proof_lines(comparison.base)
    for one in comparison.variants:
        yield f"Variant: {one.name}", _variant_lines(one)
    yield "Glossary", list(GLOSSARY)


def _proof_lines(proof: Proof) -> list[tuple[str, str]]:
    return [
        ("Fingerprint of the inputs", proof.fingerprint),
        ("Status", f"{proof.status.value.replace('_', ' ')}; {proof.stop_reason.value.replace('_', ' ')}"),
        ("Objective, USD", f"{proof.incumbent_usd:,.2f}"),
        ("Bound, USD", f"{proof.bound_usd:,.2f}"),
        ("Gap asked for", f"{proof.asked_gap_share:.4%} or {proof.asked_gap_usd:,.0f} USD"),
        ("Audit", f"PASS, {proof.audit_checks:,} checks"),
    ]


def _variant_lines(one: Compared) -> list[tuple[str, str]]:
    changed = [("Changed", changes_in_words(one.changes, most=20))]
    if one.against is None:
        return [*changed, ("Outcome", one.outcome.value), ("Why", reasons_of(one) or "-")]
    found = one.against.difference
    told = f"{found.verdict}: {found.usd:,.2f} as found, {interval_words(found)}"
    return [*changed, *_proof_lines(one.against.proof), ("Less base, USD", told)]

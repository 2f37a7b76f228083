"""A negotiation on the terminal: what to ask, the brackets, the worth of each clause, the evidence."""

from collections.abc import Iterator

from optimizer.negotiating.records import Bracket, Negotiation
from reports.console_tables import Column, table_lines, wrapped
from reports.negotiating.words import (
    advice,
    ended_words,
    evidence_words,
    range_words,
    ranked,
    short_value,
    value_words,
    worth_words,
)

INDENT = "  "


def negotiation_screen(found: Negotiation, width: int) -> list[str]:
    """The lines of the screen; those without indentation are headings."""
    of = f"{found.kind}, {found.provider}" + (f", {found.offering}" if found.offering else "")
    return [
        f"{found.offer} ({of}), offered at {value_words(found.asked_price, found.price_unit)}",
        *(line for text in advice(found) for line in wrapped(text, width, first=INDENT + "- ", rest=INDENT + "  ")),
        *_brackets(found, width),
        *_clauses(found, width),
        *_not_asked(found, width),
        "",
        "Evidence",
        *wrapped(evidence_words(found), width, first=INDENT, rest=INDENT),
        *wrapped(ended_words(found), width, first=INDENT, rest=INDENT),
        *(line for note in found.notes for line in wrapped(note, width, first=INDENT + "- ", rest=INDENT + "  ")),
    ]


def _brackets(found: Negotiation, width: int) -> Iterator[str]:
    if not found.brackets:
        return
    yield ""
    yield "Brackets: both ends proven, an incumbent on one side against a bound on the other"
    columns = [Column("question"), *(Column(name, right=True) for name in ("offered", "proven in", "proven out"))]
    columns += [Column("values", right=True), Column("s", right=True), Column("ended")]
    rows = [_row(bracket) for bracket in found.brackets]
    yield from (INDENT + line for line in table_lines(columns, rows))
    for bracket in found.brackets:
        said = f"{bracket.question}: {bracket.said}, in {bracket.unit}; {bracket.ended.value}"
        yield from wrapped(said + (f" ({bracket.note})" if bracket.note else ""), width, first=INDENT, rest=INDENT * 2)


def _row(bracket: Bracket) -> tuple[str, ...]:
    ends = [
        "-" if end is None else short_value(end.value, bracket.unit) for end in (bracket.proven_in, bracket.proven_out)
    ]
    offered = f"{short_value(bracket.asked_value, bracket.unit)} ({bracket.asked_sign.value})"
    return (
        bracket.question,
        offered,
        *ends,
        f"{len(bracket.trials)}",
        f"{bracket.elapsed_s:.0f}",
        bracket.ended.name.replace("_", " "),
    )


def _clauses(found: Negotiation, width: int) -> Iterator[str]:
    if not found.clauses:
        return
    yield ""
    yield f"Clauses, valued at {value_words(found.clauses_at, found.price_unit)}: worth in USD over the plan"
    columns = [
        Column("clause"),
        Column(""),
        *(Column(name, right=True) for name in ("as found", "at least", "at most")),
    ]
    rows = [
        (clause.clause, "has it" if clause.is_there else "to get", *range_words(clause), worth_words(clause)[:60])
        for clause in ranked(found.clauses)
    ]
    yield from (INDENT + line for line in table_lines([*columns, Column("")], rows))
    for clause in ranked(found.clauses):
        yield from wrapped(f"{clause.clause}: {clause.said}", width, first=INDENT, rest=INDENT * 2)


def _not_asked(found: Negotiation, width: int) -> Iterator[str]:
    if not found.not_asked:
        return
    yield ""
    yield "Not asked"
    for row in found.not_asked:
        yield from wrapped(f"{row.said}: {row.reason}", width, first=INDENT, rest=INDENT * 2)

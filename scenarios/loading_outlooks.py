"""Outlooks are joint futures that exhaust what may happen, and their effects are on things that are there."""

from collections.abc import Collection, Iterator
from math import fsum

from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.loading import Placed, Table
from catalog.reading_records import TreeReader
from catalog.records import Record
from contracts.calendar import Month
from scenarios.loading_forecasts import known_outlooks
from scenarios.loading_names import groups
from scenarios.loading_tables import Tables
from scenarios.outlooks import BASE_OUTLOOK, OutlookEffect, Subject
from scenarios.policy import Contingency, Grouping
from scenarios.scenario import RunSettings

PROBABILITY_TOLERANCE = 1e-9


def check_outlooks(reader: TreeReader, tables: Tables, findings: list[Finding], warnings: list[Finding]) -> None:
    """Report probabilities that do not add up, and effects on what is not there or twice on the same."""
    stated = reader.whole.get("run")
    run = stated if isinstance(stated, RunSettings) else None
    known = known_outlooks(tables, run)
    findings += _probabilities(tables)
    findings += _effects_in_unknown_outlooks(tables, known)
    findings += _contingencies_in_unknown_outlooks(reader, tables, known)
    findings += _effects_on_nothing(tables)
    if run is not None:
        findings += _twice_from_the_start(tables, run)
        warnings += _nothing_revealed(reader, run, known)


def _probabilities(tables: Tables) -> Iterator[Finding]:
    table = tables.outlooks
    if not table.placed or not table.whole or table.refused:
        return
    total = fsum(row.record.probability for row in table.placed)
    if abs(total - 1) > PROBABILITY_TOLERANCE:
        found = f"probabilities that add up to {total:.12g}"
        hint = "correct them so that they add up to 1; an outlook for everything else is often what is missing"
        yield Finding(Code.PROBABILITIES, table.placed[0].at("probability"), found, "1 (within 1e-9)", hint)


def _effects_in_unknown_outlooks(tables: Tables, known: frozenset[str] | None) -> Iterator[Finding]:
    for row in tables.outlook_effects.placed:
        if known is not None and row.record.outlook not in known:
            hint = did_you_mean(row.record.outlook, known)
            yield Finding(
                Code.REFERENCE, row.at("outlook"), shown(row.record.outlook), _an_outlook(tables, known), hint
            )


def _contingencies_in_unknown_outlooks(
    reader: TreeReader, tables: Tables, known: frozenset[str] | None
) -> Iterator[Finding]:
    for path, event in reader.whole.items():
        for number, outlook in enumerate(event.outlooks if isinstance(event, Contingency) else ()):
            if known is not None and outlook not in known:
                where = reader.where(f"{path}.outlooks[{number}]")
                hint = did_you_mean(outlook, known)
                yield Finding(Code.REFERENCE, where, shown(outlook), _an_outlook(tables, known), hint)


def _an_outlook(tables: Tables, known: Collection[str]) -> str:
    if tables.outlooks.placed:
        return "a name in column outlook of outlooks"
    if len(known) > 1:
        return f"one of {', '.join(sorted(known))}, made of forecasts"
    return f"{BASE_OUTLOOK.outlook}, the only outlook where there is no table of them"


def _effects_on_nothing(tables: Tables) -> Iterator[Finding]:
    for row in tables.outlook_effects.placed:
        known = _names_of(row.record.of, tables)
        if known is not None and row.record.name not in known:
            yield _unknown_name(row, known)


def _unknown_name(row: Placed[OutlookEffect], known: Collection[str]) -> Finding:
    effect = row.record
    is_group = effect.of in (Subject.PROVIDER, Subject.FAMILY, Subject.STACK)
    code, expected = Code.REFERENCE, f"a {effect.of} of this scenario"
    if is_group:
        code, expected = Code.NO_GROUP, f"a {effect.of} on offer"
    return Finding(code, row.at("name"), shown(effect.name), expected, did_you_mean(effect.name, known))


def _names_of(subject: Subject, tables: Tables) -> frozenset[str] | None:
    """What an effect on such a subject may name; None if anything may be right."""
    if subject is Subject.ALL:
        return None
    if subject in (Subject.PROVIDER, Subject.FAMILY, Subject.STACK):
        return groups(Grouping(subject.value), tables)
    named: dict[Subject, Table[Record]] = {
        Subject.WORKLOAD: tables.workloads,
        Subject.OFFERING: tables.offerings,
        Subject.MIGRATION: tables.migrations,
    }
    table = named[subject]
    return table.names(subject.value) if table.whole else None


def _twice_from_the_start(tables: Tables, run: RunSettings) -> Iterator[Finding]:
    """A blank month is the first of the horizon: two rows may not say different things of it."""
    first: dict[tuple[tuple[str, str, str, str], Month], Placed[OutlookEffect]] = {}
    for row in tables.outlook_effects.placed:
        effect = row.record
        other = first.setdefault((effect.key, effect.first_month or run.first_month), row)
        if other.record.first_month != effect.first_month:
            found = f"the month from which row {other.row.where.row} holds as well"
            hint = f"delete one of the two; blank is the first month of the horizon, {run.first_month}"
            yield Finding(Code.REPEATED, row.at("first_month"), found, "one row for each month", hint)


def _nothing_revealed(reader: TreeReader, run: RunSettings, known: frozenset[str] | None) -> Iterator[Finding]:
    """Only a note: who takes outlooks.csv away to see the plan for one future need not edit the run as well."""
    if run.reveal_month is not None and known is not None and len(known) <= 1:
        where = reader.where("run.reveal_month")
        hint = "delete the key, or state what may happen in outlooks.csv; with one outlook it changes nothing"
        yield Finding(Code.NOTHING_REVEALED, where, str(run.reveal_month), "more than one outlook", hint)

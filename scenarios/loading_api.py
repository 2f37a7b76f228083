"""API offers and provisioned throughput make sense: names are known and their own, quotes alive, starts possible."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.loading import Placed
from catalog.reading_records import TreeReader
from contracts.calendar import Horizon, first_service_month
from scenarios.loading_tables import Tables
from scenarios.scenario import RunSettings


def check_api(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report what cannot be bought by the token as it is written."""
    run = reader.whole.get("run")
    findings += _unknown_models(tables)
    findings += _not_a_name_of_its_own(tables)
    findings += _without_pricing_rule(tables)
    if isinstance(run, RunSettings):
        findings += _expired(tables, run.order_date)
        findings += _never_starting(tables, run)


def _rows(tables: Tables) -> list[Placed[Any]]:
    return [*tables.api_offers.placed, *tables.provisioned.placed]


def _unknown_models(tables: Tables) -> Iterator[Finding]:
    """A misspelt model would serve nothing, in silence."""
    if not (tables.models.whole and tables.workloads.whole):
        return
    known = tables.models.names("model") | tables.workloads.names("model")
    for row in tables.api_offers.placed:
        if row.record.model not in known:
            hint = did_you_mean(row.record.model, known)
            expected = "a model of workloads, or a name in column model of models"
            yield Finding(Code.REFERENCE, row.at("model"), shown(row.record.model), expected, hint)


def _not_a_name_of_its_own(tables: Tables) -> Iterator[Finding]:
    """Bills name contracts, held contracts and API offers by their id, so one name may mean one of them only."""
    taken = {**tables.contracts.places, **tables.held_contracts.places}
    for column, table in (("api", tables.api_offers), ("contract", tables.provisioned)):
        for row in table.placed:
            name = getattr(row.record, column)
            if (name,) in taken:
                there = taken[name,]
                found = f"a name that stands in {there.file}, row {there.row}"
                hint = "give one of the two another name"
                yield Finding(Code.REPEATED, row.at(column), found, "a name of its own", hint)
        taken |= table.places


def _without_pricing_rule(tables: Tables) -> Iterator[Finding]:
    for row in _rows(tables):
        if row.record.fictitious and not row.record.pricing_rule.strip():
            hint = "say from which real row the price is derived, and how"
            expected = "a rule, because the row is fictitious"
            yield Finding(Code.NO_RULE, row.at("pricing_rule"), "nothing", expected, hint)


def _expired(tables: Tables, order_date: date) -> Iterator[Finding]:
    for row in _rows(tables):
        until = row.record.quote_valid_until
        if until is not None and until < order_date:
            expected = f"{order_date} (run.order_date) or later"
            hint = "ask for a new quote, or delete the row"
            yield Finding(Code.EXPIRED, row.at("quote_valid_until"), str(until), expected, hint)


def _never_starting(tables: Tables, run: RunSettings) -> Iterator[Finding]:
    horizon = Horizon(run.first_month, run.months)
    signed = first_service_month(run.order_date, 1)
    for row in tables.provisioned.placed:
        terms = row.record
        base = terms.earliest_start or horizon.first
        last = min(terms.latest_start or horizon.end + -1, horizon.end + -1)
        first = max(signed, base, horizon.first)
        if base + -(-(first - base) // terms.start_every_months) * terms.start_every_months <= last:
            continue
        column = "latest_start" if terms.latest_start else "earliest_start" if terms.earliest_start else "contract"
        found = f"no start month: from {first}, every {terms.start_every_months} from {base}, until {last}"
        hint = "order earlier, widen the start window, or delete the row"
        yield Finding(Code.NO_START, row.at(column), found, "at least one month of the horizon", hint)

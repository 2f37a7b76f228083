"""Enterprise agreements and credits make sense: providers known, tiers ascending, no month under two agreements.

Meanings: docs/decisions/0017.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.loading import Placed, Table
from catalog.reading_records import TreeReader
from contracts.calendar import Horizon
from contracts.terms.agreement import Agreement, AgreementTier
from contracts.terms.credit import Credit
from scenarios.loading_tables import Tables
from scenarios.scenario import RunSettings


def check_agreements(reader: TreeReader, tables: Tables, findings: list[Finding], warnings: list[Finding]) -> None:
    """Report what cannot be signed or used as it is written."""
    for table in (tables.agreements, tables.credits):
        findings += _unknown_providers(tables, table)
        findings += _without_pricing_rule(table)
    findings += _tiers_of_nothing(tables)
    findings += _wrong_numbers_of_tiers(tables)
    findings += _tiers_out_of_order(tables)
    findings += _two_at_once(tables)
    run = reader.whole.get("run")
    if isinstance(run, RunSettings):
        horizon = Horizon(run.first_month, run.months)
        findings += _agreements_too_early_or_late(tables, horizon)
        findings += _credits_too_early_or_late(tables, horizon)
        findings += _expired(tables, run.order_date)
        warnings += _over(tables, horizon)


def _unknown_providers(tables: Tables, table: Table[Any]) -> Iterator[Finding]:
    for row in table.placed:
        provider = row.record.provider
        billing: tuple[Table[Any], ...] = (tables.offerings, tables.api_offers)
        if not any(known.may_hold("provider", provider) for known in billing):
            hint = did_you_mean(provider, (name for known in billing for name in known.names("provider")))
            expected = "a name in column provider of offerings or api_offers"
            yield Finding(Code.REFERENCE, row.at("provider"), shown(provider), expected, hint)


def _without_pricing_rule(table: Table[Any]) -> Iterator[Finding]:
    for row in table.placed:
        if row.record.fictitious and not row.record.pricing_rule.strip():
            hint = "say from which real row it is derived, and how"
            expected = "a rule, because the row is fictitious"
            yield Finding(Code.NO_RULE, row.at("pricing_rule"), "nothing", expected, hint)


def _tiers_of_nothing(tables: Tables) -> Iterator[Finding]:
    for row in tables.agreement_tiers.placed:
        name = row.record.agreement
        if not tables.agreements.may_hold("agreement", name):
            hint = did_you_mean(name, tables.agreements.names("agreement"))
            expected = "a name in column agreement of agreements"
            yield Finding(Code.REFERENCE, row.at("agreement"), shown(name), expected, hint)


def _by_agreement(tables: Tables) -> dict[str, list[Placed[AgreementTier]]]:
    """Tiers by agreement, the smallest commitment first."""
    found: dict[str, list[Placed[AgreementTier]]] = defaultdict(list)
    for row in sorted(tables.agreement_tiers.placed, key=lambda r: r.record.commitment_usd_per_year):
        found[row.record.agreement].append(row)
    return found


def _wrong_numbers_of_tiers(tables: Tables) -> Iterator[Finding]:
    if not tables.agreement_tiers.whole or tables.agreement_tiers.refused:
        return
    tiers = _by_agreement(tables)
    for row in tables.agreements.placed:
        count = len(tiers.get(row.record.agreement, ()))
        if count == 0:
            hint = "add its tiers to agreement_tiers.csv, or delete the row"
            yield Finding(Code.TIERS, row.at("agreement"), "no tier", "at least one row of agreement_tiers", hint)
        elif count > 1 and row.record.in_force:
            hint = "keep the tier that was signed"
            found = f"{count} tiers of an agreement in force"
            yield Finding(Code.TIERS, row.at("in_force"), found, "the one that was signed", hint)


def _tiers_out_of_order(tables: Tables) -> Iterator[Finding]:
    """A tier that commits to no less than another for no more discount is no choice."""
    for tiers in _by_agreement(tables).values():
        for lower, row in pairwise(tiers):
            below, tier = lower.record, row.record
            if tier.commitment_usd_per_year == below.commitment_usd_per_year:
                found = f"{tier.commitment_usd_per_year:,} USD, as tier {below.tier} in row {lower.row.where.row}"
                hint = "keep one of the two, or correct its commitment"
                expected = "a commitment of its own"
                yield Finding(Code.TIERS, row.at("commitment_usd_per_year"), found, expected, hint)
            elif tier.discount_share <= below.discount_share:
                found = f"{tier.discount_share:g}, for more than {below.tier} in row {lower.row.where.row} commits to"
                hint = "correct one of the two, or delete the row: nobody would sign it"
                yield Finding(Code.TIERS, row.at("discount_share"), found, f"more than {below.discount_share:g}", hint)


def _two_at_once(tables: Tables) -> Iterator[Finding]:
    by_provider: dict[str, list[Placed[Agreement]]] = defaultdict(list)
    for row in sorted(tables.agreements.placed, key=lambda r: (r.record.start, r.record.agreement)):
        by_provider[row.record.provider].append(row)
    for rows in by_provider.values():
        for before, row in pairwise(rows):
            earlier, later = before.record, row.record
            if later.start < earlier.end:
                runs = f"{earlier.agreement} of row {before.row.where.row} runs until {earlier.end}"
                hint = "state what can be signed in its place as a tier of the same agreement, or correct the month"
                expected = f"no month under two agreements of {later.provider}"
                yield Finding(Code.TWO_AGREEMENTS, row.at("start"), f"{later.start}, while {runs}", expected, hint)


def _agreements_too_early_or_late(tables: Tables, horizon: Horizon) -> Iterator[Finding]:
    expected = f"a month from {horizon.first} to {horizon.end + -1}"
    for row in tables.agreements.placed:
        agreement: Agreement = row.record
        if not agreement.in_force and agreement.start not in horizon:
            hint = "correct the month, set in_force if it has been signed, or delete the row"
            yield Finding(Code.NO_START, row.at("start"), str(agreement.start), expected, hint)


def _credits_too_early_or_late(tables: Tables, horizon: Horizon) -> Iterator[Finding]:
    expected = f"a month from {horizon.first} to {horizon.end + -1}"
    for row in tables.credits.placed:
        credit: Credit = row.record
        if credit.is_prepaid and credit.first_month not in horizon:
            hint = "correct the month; credits that were bought before have no price, and the balance that is left"
            yield Finding(Code.NO_START, row.at("first_month"), str(credit.first_month), expected, hint)


def _expired(tables: Tables, order_date: date) -> Iterator[Finding]:
    offered: list[Placed[Any]] = [row for row in tables.agreements.placed if not row.record.in_force]
    offered += (row for row in tables.credits.placed if row.record.is_prepaid)
    for row in offered:
        until = row.record.quote_valid_until
        if until is not None and until < order_date:
            expected = f"{order_date} (run.order_date) or later"
            hint = "ask for a new quote, or delete the row"
            yield Finding(Code.EXPIRED, row.at("quote_valid_until"), str(until), expected, hint)


def _over(tables: Tables, horizon: Horizon) -> Iterator[Finding]:
    """What was signed or granted and has no month in the horizon."""
    hint = "check the month, or delete the row; it plays no part in this plan"
    for signed in tables.agreements.placed:
        if signed.record.in_force and signed.record.end <= horizon.first:
            found = f"an end in {signed.record.end}, before the horizon"
            yield Finding(Code.OVER, signed.at("years"), found, f"an end after {horizon.first}", hint)
    for row in tables.credits.placed:
        credit = row.record
        if not credit.months_in(horizon):
            column = "last_month" if credit.last_month < horizon.first else "first_month"
            found = f"{credit.first_month} to {credit.last_month}"
            yield Finding(Code.OVER, row.at(column), found, "a month of the horizon", hint)

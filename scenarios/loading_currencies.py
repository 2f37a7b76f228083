"""Prices in another currency: the dollar price is the product with its dated rate, exactly (docs/decisions/0014)."""

from decimal import Decimal

from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.loading import Filling, Table
from catalog.reading_csv import RawRow
from catalog.reading_fields import fields_of
from catalog.reading_records import NOTHING_GIVEN, Given
from catalog.reading_values import Unfit, parse_value
from contracts.clauses import DOLLARS, ExchangeRate
from contracts.money import EXACT
from contracts.terms.common import ContractTerms

IN_USD, IN_ITS_CURRENCY = "price_usd_per_node_hour", "price_per_node_hour"
_PRICE = fields_of(ContractTerms)[IN_ITS_CURRENCY].shape


def priced_in_dollars(rates: Table[ExchangeRate]) -> Filling:
    """Fills in the dollar price of contracts that are agreed in another currency."""
    usd_per_unit = {rate.currency: rate.usd_per_unit for rate in rates.records}

    def fill(row: RawRow, subject: str, findings: list[Finding]) -> Given:
        currency = row.cells.get("currency", "") or DOLLARS
        before = len(findings)
        _refuse_two_prices(row, subject, currency, findings)
        if currency == DOLLARS or len(findings) > before:
            return NOTHING_GIVEN
        if currency not in usd_per_unit and not rates.may_hold("currency", currency):
            findings.append(_without_rate(row, subject, currency, rates))
            return NOTHING_GIVEN
        try:
            rate = usd_per_unit[currency]
            return {IN_USD: EXACT.multiply(parse_value(row.cells[IN_ITS_CURRENCY], _PRICE), rate)}
        except (Unfit, KeyError):
            return {IN_USD: Decimal(1)}  # the rate or the price is refused where it stands; nothing is planned

    return fill


def _without_rate(row: RawRow, subject: str, currency: str, rates: Table[ExchangeRate]) -> Finding:
    meant = did_you_mean(currency, rates.names("currency"))
    hint = f"add its rate to exchange_rates.csv, with the day it is of. {meant}"
    expected = "USD, or a name in column currency of exchange_rates"
    return Finding(Code.REFERENCE, row.at("currency", subject), shown(currency), expected, hint.strip())


def _refuse_two_prices(row: RawRow, subject: str, currency: str, findings: list[Finding]) -> None:
    """One price, in the currency in which it is agreed."""
    stated = {column: row.cells.get(column, "") for column in (IN_USD, IN_ITS_CURRENCY)}
    wrong, right = (IN_ITS_CURRENCY, IN_USD) if currency == DOLLARS else (IN_USD, IN_ITS_CURRENCY)
    if stated[wrong]:
        expected = f"a blank cell: the price is in {currency}"
        hint = f"write the price in {right} only"
        if currency == DOLLARS:
            hint += ", or name the currency in column currency"
        findings.append(Finding(Code.CONTRADICTION, row.at(wrong, subject), shown(stated[wrong]), expected, hint))
    elif currency != DOLLARS and not stated[right]:
        hint = f"write the price as the offer states it, in {currency}"
        findings.append(Finding(Code.BLANK, row.at(right, subject), "nothing", f"a price in {currency}", hint))

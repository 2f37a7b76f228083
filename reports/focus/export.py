"""Charges as a CSV file in FOCUS 1.2 columns; the file appears whole or not at all.

Text that a spreadsheet could take for a formula gets an apostrophe in front of it; numbers, moments and blanks are as
they are. A blank cell is null.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from optimizer.plan import Plan
from reports.focus.charges import UNUSED, Charge, Charges, RunningCents
from reports.focus.columns import COLUMNS, OWN_COLUMNS, moment
from reports.focus.commitments import Committed
from reports.focus.natures import ChargeCategory, CommitmentCategory
from reports.whole_files import write_whole

Cell = str | Decimal | None
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_QUANTITY_DECIMALS = Decimal("0.000000001")
_PRICED = (ChargeCategory.USAGE, ChargeCategory.PURCHASE)


@dataclass(frozen=True, slots=True)
class Written:
    """What a file holds."""

    rows: int
    billed_usd: Decimal
    effective_usd: Decimal


def write_focus(plan: Plan, path: Path) -> Written:
    """Write the planned charges; OSError if the file cannot be written, and then the old one stays."""
    text, written = focus_text(plan)
    write_whole(path, text)
    return written


def focus_text(plan: Plan) -> tuple[str, Written]:
    """The file as text, the same for the same plan, and what it adds up to."""
    charges = Charges(plan)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    header = (*COLUMNS, *OWN_COLUMNS)
    writer.writerow(header)
    billed, effective = RunningCents(), RunningCents()
    rows, sums = 0, [Decimal(0), Decimal(0)]
    for charge in charges.rows():
        amounts = billed.next(charge.billed_usd), effective.next(charge.effective_usd)
        cells = _cells(charges, charge, *amounts)
        writer.writerow([_shown(cells.get(name)) for name in header])
        rows, sums = rows + 1, [a + b for a, b in zip(sums, amounts, strict=True)]
    return out.getvalue(), Written(rows, *sums)


def _shown(cell: Cell) -> str:
    """A cell as it is written.

    >>> _shown("=1+1"), _shown(Decimal("-1.50")), _shown(None)
    ("'=1+1", '-1.50', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _cells(charges: Charges, charge: Charge, billed_usd: Decimal, effective_usd: Decimal) -> Mapping[str, Cell]:
    parts: tuple[Callable[[Charges, Charge], Mapping[str, Cell]], ...] = (_what, _who, _where, _commitment, _own)
    cells = {name: cell for part in parts for name, cell in part(charges, charge).items()}
    prices = _prices(charges, charge, billed_usd)
    return {"BilledCost": billed_usd, "EffectiveCost": effective_usd, **cells, **prices}


def _what(_: Charges, charge: Charge) -> Mapping[str, Cell]:
    focus, line = charge.focus, charge.line
    consumed = charge.category is ChargeCategory.USAGE and charge.status != UNUSED
    return {
        "BillingCurrency": "USD",
        "BillingPeriodStart": moment(charge.billing),
        "BillingPeriodEnd": moment(charge.billing + 1),
        "ChargePeriodStart": moment(charge.first),
        "ChargePeriodEnd": moment(charge.end),
        "ChargeCategory": charge.category.value,
        "ChargeDescription": f"Planned: {line.nature.value.replace('_', ' ')}, {line.source}",
        "ChargeFrequency": focus.frequency.value,
        "PricingCategory": None if charge.pricing is None else charge.pricing.value,
        "ServiceCategory": focus.service.category,
        "ServiceSubcategory": focus.service.subcategory,
        "ServiceName": focus.service.value,
        "ConsumedQuantity": _decimal(charge.quantity) if consumed else None,
        "ConsumedUnit": charge.unit if consumed else None,
        "SkuId": line.offering or line.source,
        "SkuPriceId": line.source,
    }


def _who(charges: Charges, charge: Charge) -> Mapping[str, Cell]:
    return {
        "BillingAccountId": charges.plan.scenario.scenario,
        "InvoiceIssuerName": charge.line.payee,
        "ProviderName": charge.line.payee,
        "PublisherName": charge.line.payee,
    }


def _where(charges: Charges, charge: Charge) -> Mapping[str, Cell]:
    offering = charge.line.offering
    return {} if offering is None else {"RegionId": charges.plan.scenario.catalog.offering[offering].region}


def _commitment(charges: Charges, charge: Charge) -> Mapping[str, Cell]:
    focus, line = charge.focus, charge.line
    if focus.commitment is None or focus.promises is None:
        return {}
    name = line.order or line.source
    terms = charges.commitments.by_id.get(name)
    counted = charge.category in _PRICED
    firm = terms is not None and terms.firm and charge.status is not None
    unit = "USD" if focus.promises is CommitmentCategory.SPEND else charge.unit
    return {
        "CommitmentDiscountId": name,
        "CommitmentDiscountName": line.source,
        "CommitmentDiscountType": focus.commitment,
        "CommitmentDiscountCategory": focus.promises.value,
        "CommitmentDiscountStatus": charge.status,
        "CommitmentDiscountQuantity": _decimal(charge.quantity) if counted else None,
        "CommitmentDiscountUnit": unit,
        "CapacityReservationId": name if firm else None,
        "CapacityReservationStatus": charge.status if firm else None,
        **({} if terms is None else _terms(terms)),
    }


def _terms(terms: Committed) -> Mapping[str, Cell]:
    return {
        "x_CommittedUnitPrice": terms.price_usd,
        "x_UpfrontShare": terms.upfront_share,
        "x_CommitmentStart": moment(terms.start),
        "x_CommitmentEnd": moment(terms.end),
    }


def _own(charges: Charges, charge: Charge) -> Mapping[str, Cell]:
    line = charge.line
    weight = None if line.outlook is None else Decimal(repr(charges.use.probability[line.outlook]))
    return {
        "x_CostLine": line.line,
        "x_Nature": line.nature.value,
        "x_Outlook": line.outlook,
        "x_Probability": weight,
    }


def _prices(charges: Charges, charge: Charge, billed_usd: Decimal) -> Mapping[str, Cell]:
    """List and contracted: price x quantity; without a price, as FOCUS has it, the cost is what is billed."""
    if charge.category not in _PRICED:
        return {"ListCost": billed_usd, "ContractedCost": billed_usd}
    listed, contracted = _unit_prices(charges, charge)
    quantity = _decimal(charge.quantity)
    return {
        "PricingQuantity": quantity,
        "PricingUnit": charge.unit,
        "ListUnitPrice": listed,
        "ListCost": listed * quantity,
        "ContractedUnitPrice": contracted,
        "ContractedCost": contracted * quantity,
    }


def _unit_prices(charges: Charges, charge: Charge) -> tuple[Decimal, Decimal]:
    """Published, and negotiated before any commitment; where nothing is published, what the line says."""
    line = charge.line
    if line.unit != "node_hour" or line.offering is None or charge.category is ChargeCategory.PURCHASE:
        return line.unit_price_usd, line.unit_price_usd
    listed = charges.plan.scenario.catalog.offering[line.offering].list_price_usd_per_node_hour
    if charge.focus.commitment is None:
        return listed, line.unit_price_usd
    return listed, Decimal(repr(charges.use.negotiated_price(line.offering)))


def _decimal(quantity: Fraction) -> Decimal:
    """To nine decimals, without trailing zeros."""
    value = (Decimal(quantity.numerator) / Decimal(quantity.denominator)).quantize(_QUANTITY_DECIMALS)
    return value.normalize() if value else Decimal(0)

"""The columns of FOCUS 1.2 in the order in which they are written, and how a cell of them looks.

Names and meanings: FOCUS Specification 1.2 (https://focus.finops.org/focus-specification/v1-2). Columns that
begin with x_ are ours, as the specification allows. A blank cell is null.
"""

from contracts.calendar import Month

FOCUS_VERSION = "1.2"
COLUMNS = (
    "AvailabilityZone",
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "CapacityReservationId",
    "CapacityReservationStatus",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "CommitmentDiscountUnit",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceId",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrency",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
)
OWN_COLUMNS = (
    "x_CostLine",
    "x_Nature",
    "x_Outlook",
    "x_Probability",
    "x_CommittedUnitPrice",
    "x_UpfrontShare",
    "x_CommitmentStart",
    "x_CommitmentEnd",
)
"""The third price level and the term of a commitment, for which FOCUS has no column, and where a row comes from."""


def moment(month: Month) -> str:
    """The first moment of a month, as FOCUS writes moments: ISO 8601 in UTC.

    >>> moment(Month(2027, 1))
    '2027-01-01T00:00:00Z'
    """
    return f"{month.first_day.isoformat()}T00:00:00Z"

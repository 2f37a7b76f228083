"""Money in words for people; never parsed back."""

from decimal import Decimal


def usd(amount: Decimal | float) -> str:
    """Whole dollars with thousands marks.

    >>> usd(1234567.8), usd(-3)
    ('1,234,568 USD', '-3 USD')
    """
    return f"{amount:,.0f} USD"


def mtok_price(price: Decimal | None) -> str:
    """Dollars per million tokens with four decimals; "-" when nothing is served."""
    return "-" if price is None else f"{price:.4f} USD"

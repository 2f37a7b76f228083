"""Money in words for people; never parsed back."""

from decimal import ROUND_HALF_UP, Decimal

CENTS_BELOW_USD = 100


def dollars(amount: Decimal | float) -> str:
    """Whole dollars with thousands marks, where a header says that they are dollars; a half rounds up, as in sheets.

    >>> dollars(1234567.8), dollars(-0.2), dollars(Decimal("405472.50"))
    ('1,234,568', '0', '405,473')
    """
    whole = Decimal(str(amount)).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole:,}" if whole else "0"


def usd(amount: Decimal | float) -> str:
    """Whole dollars with thousands marks.

    >>> usd(1234567.8), usd(-3)
    ('1,234,568 USD', '-3 USD')
    """
    return f"{dollars(amount)} USD"


def about_usd(amount: Decimal | float) -> str:
    """An amount for a sentence: millions and thousands with three or four figures that count, else as it is.

    >>> about_usd(37_123_456), about_usd(119_720_123.4), about_usd(107_527.5), about_usd(29_768), about_usd(203)
    ('37.1 M USD', '119.7 M USD', '107.5 k USD', '29.8 k USD', '203 USD')
    """
    size = abs(float(amount))
    if size >= 999_950:
        return f"{float(amount) / 1e6:.1f} M USD"
    if size >= 10_000:
        return f"{float(amount) / 1e3:.1f} k USD"
    return close_usd(float(amount))


def close_usd(amount: float) -> str:
    """A difference that may be small: cents below a hundred dollars, nothing below half a cent.

    >>> close_usd(0.012), close_usd(-1e-9), close_usd(12345.6)
    ('0.01 USD', '0 USD', '12,346 USD')
    """
    if abs(amount) >= CENTS_BELOW_USD or abs(amount) < 0.005:
        return usd(amount)
    return f"{amount:.2f} USD"


def mtok_price(price: Decimal | None) -> str:
    """Dollars per million tokens with four decimals, where a header says so; "-" when nothing is served."""
    return "-" if price is None else f"{price:.4f}"

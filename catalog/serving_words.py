"""Numbers in the sentences of refusals."""


def number(value: float) -> str:
    """A number for a sentence: thousands apart, at most three decimals, none that are 0.

    >>> number(1000), number(52.5), number(0.0625)
    ('1,000', '52.5', '0.062')
    """
    return _with_decimals(value, 3)


def apart(value: float, other: float) -> tuple[str, str]:
    """Two different numbers with as few decimals as tell them apart, at least one decimal where they have it.

    >>> apart(52.04, 40)
    ('52', '40')
    >>> apart(40.0004, 40)
    ('40.0004', '40')
    """
    for decimals in range(1, 16):
        texts = _with_decimals(value, decimals), _with_decimals(other, decimals)
        if texts[0] != texts[1]:
            return texts
    return repr(value), repr(other)


def _with_decimals(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""What is different in an outlook, in words: for the workbook and for the screen."""

from scenarios.outlooks import Effect, OutlookEffect, Subject

_WHAT = {
    Effect.DEMAND: "demand",
    Effect.ON_DEMAND_PRICE: "on-demand price",
    Effect.SPOT_PRICE: "spot price",
    Effect.SPOT_DEPTH: "spot depth",
    Effect.GOODPUT: "goodput",
    Effect.DELIVERY_DELAY: "new orders late",
    Effect.GATE: "gate passed",
}
_UNITS = {Effect.DELIVERY_DELAY: "months", Effect.GATE: "1 passed, 0 failed"}


def effect_words(row: OutlookEffect) -> tuple[str, str]:
    """What an effect is on, and the unit of its value."""
    whom = "all" if row.of is Subject.ALL else f"{row.of.value} {row.name}"
    return f"{_WHAT[row.effect]}, {whom}", _UNITS.get(row.effect, "times as typed")


def effect_sentence(row: OutlookEffect) -> str:
    """An effect with its value, for lists.

    >>> effect_sentence(OutlookEffect(outlook="high", effect=Effect.DEMAND, value=1.5))
    'demand of all x 1.5'
    >>> effect_sentence(OutlookEffect(outlook="low", effect=Effect.GATE, of=Subject.MIGRATION, name="port", value=0))
    'gate of migration port fails'
    """
    whom = "all" if row.of is Subject.ALL else f"{row.of.value} {row.name}"
    since = f" from {row.first_month} on" if row.first_month else ""
    if row.effect is Effect.GATE:
        return f"gate of {whom} {'is passed' if row.value else 'fails'}"
    if row.effect is Effect.DELIVERY_DELAY:
        return f"new orders of {whom} {row.value:g} month{'' if row.value == 1 else 's'} late{since}"
    return f"{_WHAT[row.effect]} of {whom} x {row.value:g}{since}"

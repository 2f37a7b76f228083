"""Axis: one path and the values it takes, written 60..90/16, 0.1,0.2,0.3 or -20%..+20%/9."""

import re
from decimal import Decimal
from enum import StrEnum

from catalog.records import Record, Text
from optimizer.sweeping.faults import WrongAxis
from scenarios.changes import Change, Verb

MOST_VALUES = 10_000
FIGURES_OF_A_STEP = 6
"""A step that does not divide evenly is rounded to so many figures that count."""
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_RANGE = re.compile(r"(?P<low>\S+?)\.\.(?P<high>[^/\s]+)(?:/(?P<count>[0-9]+))?")


class Form(StrEnum):
    """How the values of an axis are meant; those of decision 0021."""

    ABSOLUTE = "absolute"
    AMOUNT = "amount"
    """Added to what was."""
    SHARE = "share"
    """Added as a share of what was."""
    FACTOR = "factor"
    """Times what was."""
    WORDS = "words"
    """Anything that is no number: months, names, yes or no."""


_WRITTEN = {
    Form.ABSOLUTE: re.compile(rf"(?:=|(?!-))(-?{_NUMBER})"),
    Form.AMOUNT: re.compile(rf"([+-]{_NUMBER})"),
    Form.SHARE: re.compile(rf"([+-]{_NUMBER})%"),
    Form.FACTOR: re.compile(rf"\*({_NUMBER})"),
}
"""How a number of each form is written; -5 takes 5 away, =-5 is minus five."""


class Axis(Record):
    """One input, and the values it takes: from low to high where they are numbers, else in the order given."""

    path: Text
    form: Form
    values: tuple[Text, ...]

    def change(self, step: int) -> Change:
        """The change that sets the input to the value at a step."""
        return Change(verb=Verb.SET, path=self.path, value=self.values[step])

    def number(self, step: int) -> Decimal | None:
        """The value at a step as a number, a share for percent; None for words."""
        return None if self.form is Form.WORDS else _number(self.values[step], self.form)


def parse_axis(text: str) -> Axis:
    """Read PATH=VALUES; raises WrongAxis with what is wrong.

    >>> parse_axis("contracts.acme.price_usd_per_node_hour=60..90/4").values
    ('60', '70', '80', '90')
    >>> parse_axis("contracts.acme.price_usd_per_node_hour=-20%..+20%/5").values
    ('-20%', '-10%', '+0%', '+10%', '+20%')
    """
    path, equals, spec = (part.strip() for part in text.partition("="))
    if not path or not equals or not spec:
        raise WrongAxis(f"--over {text!r}: write PATH=VALUES, such as 'contracts.ID.price_usd_per_node_hour=60..90/16'")
    values = [value for part in spec.split(",") for value in _values(path, part.strip())]
    form = _form_of(path, values)
    if form is not Form.WORDS:
        values.sort(key=lambda value: _number(value, form))
    _refuse_repeated(path, values, form)
    if len(values) < 2:
        raise WrongAxis(f"{path}: {values[0]} is one value; a sweep needs two or more. For one value use --set")
    return Axis(path=path, form=form, values=tuple(values))


def _values(path: str, part: str) -> tuple[str, ...]:
    """One value, or those of a range."""
    if not part:
        raise WrongAxis(f"{path}: an empty value between commas")
    found = _RANGE.fullmatch(part)
    if found is None:
        return (part,)
    low, high, count = found["low"], found["high"], found["count"]
    form = _form(low)
    if form is Form.WORDS or _form(high) is not form:
        raise WrongAxis(
            f"{path}: {low}..{high} is no range from a number to a number of one kind (60..90, +5..+20, -20%..+20%,"
            " *0.5..*2); list other values: a,b,c"
        )
    if count is None:
        raise WrongAxis(f"{path}: {part} does not say how many values: {part}/9 are nine, both ends among them")
    if not 2 <= int(count) <= MOST_VALUES:
        raise WrongAxis(f"{path}: {part} asks for {count} values; 2 to {MOST_VALUES:,} can be had")
    numbers = evenly(_number(low, form), _number(high, form), int(count))
    return tuple(_text(number, form) for number in numbers)


def evenly(low: Decimal, high: Decimal, count: int) -> tuple[Decimal, ...]:
    """So many numbers from low to high, both among them, equally far apart.

    >>> evenly(Decimal(0), Decimal(1), 4)
    (Decimal('0'), Decimal('0.333333'), Decimal('0.666667'), Decimal('1'))
    """
    step = (high - low) / (count - 1)
    if not step:
        return (low,) * count
    ends = max(-int(end.as_tuple().exponent) for end in (low, high))
    places = max(ends, FIGURES_OF_A_STEP - 1 - step.adjusted(), 0)
    grain = Decimal(1).scaleb(-places)
    inner = ((low * (count - 1 - i) + high * i) / (count - 1) for i in range(1, count - 1))
    return (low, *(number.quantize(grain) for number in inner), high)


def _form(value: str) -> Form:
    return next((form for form, written in _WRITTEN.items() if written.fullmatch(value)), Form.WORDS)


def _form_of(path: str, values: list[str]) -> Form:
    """The one form of all values of an axis."""
    forms = {_form(value): value for value in values}
    if len(forms) == 1:
        return next(iter(forms))
    if Form.WORDS in forms and set(forms) <= {Form.WORDS, Form.ABSOLUTE}:
        return Form.WORDS
    examples = ", ".join(f"{value} ({form.value})" for form, value in forms.items())
    raise WrongAxis(f"{path}: values of different kinds do not stand on one axis: {examples}")


def _number(value: str, form: Form) -> Decimal:
    found = _WRITTEN[form].fullmatch(value)
    assert found is not None
    number = Decimal(found[1])
    return number / 100 if form is Form.SHARE else number


def _text(number: Decimal, form: Form) -> str:
    """A number as a value of its form, without zeros that say nothing."""
    shown = number * 100 if form is Form.SHARE else number
    plain = f"{abs(shown).normalize():f}"
    minus = shown < 0
    match form:
        case Form.ABSOLUTE:
            return f"=-{plain}" if minus else plain
        case Form.FACTOR:
            return f"*{plain}"
        case _:
            return f"{'-' if minus else '+'}{plain}{'%' if form is Form.SHARE else ''}"


def _refuse_repeated(path: str, values: list[str], form: Form) -> None:
    seen: set[Decimal | str] = set()
    for value in values:
        key = value if form is Form.WORDS else _number(value, form)
        if key in seen:
            raise WrongAxis(f"{path}: {value} stands twice")
        seen.add(key)

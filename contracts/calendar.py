"""Months, horizons, and the real hours in them."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

HOURS_PER_WEEK = 168
MONTHS_PER_YEAR = 12
_MONTH_TEXT = re.compile(r"^([0-9]{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month, written YYYY-MM.

    >>> Month.parse("2026-12") + 2
    Month(year=2027, number=2)
    >>> Month(2027, 2) - Month(2026, 12), Month(2027, 2).hours
    (2, 672)
    """

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month written YYYY-MM; ValueError for any other form."""
        match = _MONTH_TEXT.match(text)
        if match is None:
            raise ValueError("a month is written YYYY-MM, for example 2027-01")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month of a day."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def __add__(self, months: int) -> "Month":
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    def __sub__(self, other: "Month") -> int:
        return (self.year - other.year) * 12 + self.number - other.number

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def hours(self) -> int:
        """Real calendar hours, 672 to 744."""
        return ((self + 1).first_day - self.first_day).days * 24

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": _MONTH_TEXT.pattern}

    @classmethod
    def _validate(cls, value: Any) -> "Month":
        if isinstance(value, Month):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        raise ValueError("a month is written YYYY-MM, for example 2027-01")


@dataclass(frozen=True, slots=True)
class Horizon:
    """The planned months: `months` of them from `first`."""

    first: Month
    count: int

    @property
    def months(self) -> tuple[Month, ...]:
        """All months of the horizon in order."""
        return tuple(self.first + i for i in range(self.count))

    @property
    def end(self) -> Month:
        """The first month after the horizon."""
        return self.first + self.count

    def __contains__(self, month: object) -> bool:
        return isinstance(month, Month) and self.first <= month < self.end

    def index(self, month: Month) -> int:
        """0 for the first month; negative before, `count` and more beyond."""
        return month - self.first


def months_between(first: Month, end: Month) -> tuple[Month, ...]:
    """The months from `first` up to, not including, `end`."""
    return tuple(first + i for i in range(max(0, end - first)))


def hours_between(first: Month, end: Month) -> int:
    """Calendar hours from `first` up to, not including, `end`.

    >>> hours_between(Month(2026, 1), Month(2027, 1))
    8760
    """
    return int((end.first_day - first.first_day).days) * 24


@cache
def hours_by_hour_of_week(month: Month) -> tuple[int, ...]:
    """How often each hour of the week (0 = Monday 00:00 UTC) occurs in the month; 168 counts.

    >>> sum(hours_by_hour_of_week(Month(2027, 2)))
    672
    """
    start = datetime(month.year, month.number, 1)
    counts = Counter(
        (moment.weekday() * 24 + moment.hour)
        for moment in (start + timedelta(hours=i) for i in range(month.hours))
    )
    return tuple(counts[hour] for hour in range(HOURS_PER_WEEK))


def first_service_month(order_date: date, lead_time_days: int) -> Month:
    """The first month whose first day is no earlier than the order day plus the lead time.

    >>> str(first_service_month(date(2026, 11, 21), 10)), str(first_service_month(date(2026, 11, 21), 11))
    ('2026-12', '2027-01')
    """
    earliest = order_date + timedelta(days=lead_time_days)
    month = Month(earliest.year, earliest.month)
    return month if month.first_day >= earliest else month + 1

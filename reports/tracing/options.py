"""Options of `import trace` and `import hours`: offsets from UTC and moments, as people write them."""

import re
from datetime import datetime, timedelta

import click

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_MOST_OFFSET = timedelta(hours=14)


class UtcOffset(click.ParamType[timedelta]):
    """+09:00 or -05:30."""

    name = "±HH:MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The offset from UTC."""
        if isinstance(value, timedelta):
            return value
        found = _OFFSET.fullmatch(str(value))
        if found is None:
            self.fail(f"{value!r} is not an offset from UTC such as +09:00", param, ctx)
        sign, hours, minutes = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        if offset > _MOST_OFFSET or int(minutes) > 59:
            self.fail(f"{value!r} is the offset of no zone", param, ctx)
        return -offset if sign == "-" else offset


class WholeHours(UtcOffset):
    """+09:00: an hourly series can be moved by whole hours only."""

    name = "±HH:00"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The offset from UTC."""
        offset = super().convert(value, param, ctx)
        if offset % timedelta(hours=1):
            self.fail(
                f"{value!r} is no whole number of hours: the hours of the series lie across those of UTC", param, ctx
            )
        return offset


class Moment(click.ParamType[datetime]):
    """2026-03-02T00:00Z."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, with its zone."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a date and time such as 2026-03-02T00:00Z", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no zone; write 2026-03-02T00:00Z or 2026-03-02T09:00+09:00", param, ctx)
        return moment

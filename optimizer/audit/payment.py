"""When things are paid: net days after the day on which they fall due."""

from datetime import date, timedelta

from contracts.calendar import Month
from contracts.clauses import DueDay
from contracts.terms.common import ContractTerms


def paid_for_month(terms: ContractTerms, served: Month) -> Month:
    """Month of payment of one month of service, due on its first or on its last day."""
    if terms.due_day is DueDay.IN_ADVANCE:
        return _month_after(_first_day(served), terms.net_days)
    return paid_in_arrears(terms, served)


def paid_in_arrears(terms: ContractTerms, last: Month) -> Month:
    """Month of payment of what falls due on the last day of a month, whatever the day for months of service."""
    return _month_after(_first_day(last + 1) - timedelta(days=1), terms.net_days)


def _first_day(month: Month) -> date:
    return date(month.year, month.number, 1)


def _month_after(day: date, days: int) -> Month:
    paid = day + timedelta(days=days)
    return Month(paid.year, paid.month)

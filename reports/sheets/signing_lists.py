"""Every list of things to sign of a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reports.records import Records
from reports.sheets.book import Book


def to_sign(book: Book) -> Iterator[Records[Any]]:
    """What is signed now, whatever comes: nodes, then dollars an hour, units and agreements."""
    spend, tokens, agreed = book.futures.spend, book.futures.by_token, book.futures.agreed_terms
    yield book.buy_lists.now
    if spend is not None and spend.signed is not None:
        yield spend.signed.lists.now
    if tokens is not None and tokens.units is not None:
        yield tokens.units
    if agreed.signed is not None:
        yield agreed.signed


def with_quotes(book: Book) -> Iterator[Records[Any]]:
    """All lists on which a quote must stand on the day to sign: also what waits for an outlook, and credits."""
    spend, agreed = book.futures.spend, book.futures.agreed_terms
    yield from to_sign(book)
    if book.buy_lists.later is not None:
        yield book.buy_lists.later
    if spend is not None and spend.signed is not None and spend.signed.lists.later is not None:
        yield spend.signed.lists.later
    if agreed.credits is not None:
        yield agreed.credits

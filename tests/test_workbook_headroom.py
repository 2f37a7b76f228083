"""The workbook and the screen of a plan with derived headroom: its pools, its shares, and what they make of goodput."""

from functools import cache
from typing import Any

import pytest

from optimizer.plan import Plan
from optimizer.plan_headroom import RestsOnTooMuch
from optimizer.rounds import unsettled_notes
from reports.console_plan import headroom_words, plan_screen
from reports.layout import Sheet
from tests import test_workbook as rules
from tests.builders import FIRST, a_contingency, a_policy, day_and_night
from tests.proving import a_cap, planned
from tests.test_headroom import two_pools
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column


@cache
def split_plan() -> Plan:
    """Chat at two clouds by day and night, and at one of them when the other is lost."""
    policy = a_policy(contingencies=(a_contingency(),), concentration=(a_cap(),))
    return planned(two_pools(policy=policy, blocks=day_and_night("chat")))


@cache
def book() -> dict[str, Sheet]:
    return book_of(split_plan())


def test_every_check_holds() -> None:
    assert {name for name, value in rules.status(book()).items() if value != "OK"} == set()


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_are_kept(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


def test_goodput_has_the_usable_share_of_its_pools() -> None:
    """A node carries 1,000 tok/s: what is left of them is the usable share of workload, offering and event."""
    headroom, goodput = book()["Headroom"], book()["Goodput"]
    keys = ("Workload", "Offering", "In case of")
    shares = dict(
        zip(zip(*(column(headroom, key) for key in keys), strict=True), column(headroom, "Usable share"), strict=True)
    )
    rows = list(zip(*(column(goodput, key) for key in keys), strict=True))
    assert {row[2] for row in rows} == {"normal operation", "lose-cloud-a"}
    assert column(goodput, "Usable share") == pytest.approx([shares[row] for row in rows])
    accepted = [1000 * shares[row] for row in rows]
    assert column(goodput, "Accepted tokens per s and node") == pytest.approx(accepted)


def test_the_screen_says_how_much_may_be_used_and_whether_the_pools_are_there() -> None:
    found = split_plan().headroom
    assert found is not None
    low, high = (min(r.lowest_usable_share for r in found.pools), max(r.highest_usable_share for r in found.pools))
    words = f"derived in 3 rounds: {low:.1%} to {high:.1%} of a node may be used; every pool is as large as"
    assert words in " ".join(" ".join(plan_screen(split_plan(), 100)).split())
    assert unsettled_notes(found) == ()


def test_what_is_left_after_the_rounds_is_named() -> None:
    found = split_plan().headroom
    assert found is not None
    left = RestsOnTooMuch(
        outlook="base",
        month=FIRST,
        block="day",
        workload="chat",
        offering="node-a",
        replicas=3.0,
        usable_share=0.5,
        derived_share=0.3,
    )
    unsettled = found.model_copy(update={"settled": False, "left": (left,)})
    assert "NOT SETTLED, 1 pools are smaller than their share asks for, the worst chat on node-a" in headroom_words(
        unsettled
    )
    (note,) = unsettled_notes(unsettled)
    assert note.startswith("headroom of chat on node-a is not settled")
    assert note.endswith("by up to 20.0% of a node")

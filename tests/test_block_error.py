"""The page on load blocks says what is measured, and the default follows from it."""

import re
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from scenarios.aggregation import aggregate
from scenarios.scenario import RunSettings
from scenarios.workloads import HourlyLoad
from tests.benchmarks.block_error import (
    MOST_BLOCKS,
    SERIES,
    Errors,
    Week,
    bought,
    chosen,
    extra_cost,
    measured,
    one_series,
    picture,
    table,
    three_continents,
)

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "load-blocks.md").read_text(encoding="utf-8")
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
DEFAULT: int = RunSettings.model_fields["load_blocks"].default


@cache
def cached_week() -> Week:
    return three_continents()


def published() -> list[Errors]:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d", line)]
    return [Errors(int(row[0]), int(row[1]), *(float(cell[:-1]) / 100 for cell in row[2:])) for row in rows]


def test_the_page_has_every_number_of_blocks_and_the_default_follows_from_it() -> None:
    rows = published()
    assert [row.blocks for row in rows] == list(range(1, MOST_BLOCKS + 1))
    assert chosen(rows) == DEFAULT
    assert f"**The default is {DEFAULT}.**" in PAGE


def test_the_picture_is_drawn_from_the_published_table() -> None:
    assert f"default: {DEFAULT}<" in picture(published(), DEFAULT)
    drawn, expected = (DOCS / "images" / "block-error.svg").read_text(encoding="utf-8"), picture(published(), DEFAULT)
    assert NUMBER.sub("", drawn) == NUMBER.sub("", expected)
    places, expected_places = ([float(number) for number in NUMBER.findall(text)] for text in (drawn, expected))
    assert places == pytest.approx(expected_places, abs=0.11), "the table is rounded; so are tenths of pixels"


@pytest.mark.long
def test_the_row_of_the_default_is_what_is_measured() -> None:
    row = measured(DEFAULT, cached_week(), {name: one_series(name) for name in SERIES})
    assert table([row]).splitlines()[-1] in PAGE
    assert len(table([row]).splitlines()[0].split("|")) == len(fields(Errors)) + 2


def test_what_blocks_leave_out_of_a_bill_is_worked_out_by_hand() -> None:
    """84 hours at 1, 83 at 3 and one at 9, which is kept apart: the others are one block at 333 / 167.

    With so much reserved, 83 hours buy 3 - 333 / 167 = 168 / 167 each, of which the block knows nothing; all on
    demand, 342 are billed.
    """
    loads = [1.0] * 84 + [3.0] * 83 + [9.0]
    rows = [HourlyLoad(workload="chat", hour_of_week=hour, load=load) for hour, load in enumerate(loads)]
    model = aggregate(rows, ["chat"], 1)
    assert [len(block.hours_of_week) for block in model.blocks] == [167, 1]
    assert model.errors[0].commitment_error_share == pytest.approx(83 * 168 / 167 / 342)


@pytest.mark.parametrize("ratio", [0.3, 0.6, 0.9])
def test_a_commitment_chosen_by_the_hours_themselves_costs_nothing_more(ratio: float) -> None:
    hours = [0.2, 0.7, 1.1, 2.0]
    assert extra_cost(hours, hours, ratio) == 0.0
    assert extra_cost(hours, [1.0] * 4, ratio) > 0.0


@pytest.mark.parametrize("blocks", [1, 5])
def test_no_level_of_commitment_is_understated_by_more_than_is_published(blocks: int) -> None:
    """Every level on a fine grid, hours against blocks, for the week of three continents."""
    model, pairs = cached_week().cut(blocks)
    stated = {error.workload: error.commitment_error_share for error in model.errors}
    for workload, (hours, in_blocks) in list(pairs.items())[::3]:
        left_out = [bought(hours, level / 200) - bought(in_blocks, level / 200) for level in range(0, 500)]
        assert min(left_out) >= -1e-12
        assert max(left_out) == pytest.approx(stated[workload], rel=0.02)
        assert max(left_out) <= (stated[workload] or 0.0) + 1e-12

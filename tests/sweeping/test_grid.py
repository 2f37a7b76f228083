"""The walk along a grid, by worked numbers and by what must hold for any grid."""

from itertools import pairwise
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.sweeping.axes import parse_axis
from optimizer.sweeping.faults import WrongAxis
from optimizer.sweeping.grid import RUN_LENGTH, Grid, grid_of, snake
from scenarios.changes import Change, Verb


def a_grid(*counts: int) -> Grid:
    """Axes a, b, ... with the values 1, 2, ... each."""
    return grid_of([parse_axis(f"{name}.x=1..{n}/{n}") for name, n in zip("abcd", counts, strict=False)])


def test_the_walk_of_three_by_three_is_a_snake() -> None:
    """Numbers count along the last axis; the walk turns at the end of each line."""
    assert [point.number for point in a_grid(3, 3).points()] == [1, 2, 3, 6, 5, 4, 7, 8, 9]


def test_a_point_has_its_values_and_the_changes_that_make_them() -> None:
    fixed = Change(verb=Verb.SET, path="run.months", value="12")
    grid = grid_of(a_grid(2, 3).axes, [fixed])
    point = grid.point((1, 2))
    assert (point.number, point.values) == (6, ("2", "3"))
    assert [(change.path, change.value) for change in grid.changes(point)] == [
        ("run.months", "12"),
        ("a.x", "2"),
        ("b.x", "3"),
    ]


def test_twenty_points_are_three_runs() -> None:
    runs = a_grid(4, 5).runs()
    assert [len(run.points) for run in runs] == [RUN_LENGTH, RUN_LENGTH, 4]
    assert [run.number for run in runs] == [1, 2, 3]
    assert [point.number for point in runs[0].points] == [1, 2, 3, 4, 5, 10, 9, 8]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_the_walk_meets_every_place_once_and_goes_one_step_at_a_time(counts: list[int]) -> None:
    walk = list(snake(counts))
    assert len(walk) == len(set(walk)) == prod(counts)
    for here, there in pairwise(walk):
        assert sum(abs(a - b) for a, b in zip(here, there, strict=True)) == 1


def test_a_path_is_swept_once() -> None:
    with pytest.raises(WrongAxis, match=r"a\.x is swept twice"):
        grid_of([parse_axis("a.x=1,2"), parse_axis("a.x=3,4")])


def test_a_grid_of_too_many_points_is_refused_before_it_is_made() -> None:
    axes = [parse_axis(f"{name}.x=1..999/999") for name in "abcd"]
    with pytest.raises(WrongAxis, match="999 x 999 x 999 x 999"):
        grid_of(axes)

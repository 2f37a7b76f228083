"""What a sweep says: thresholds, lists and neighbours that cannot be told apart, from results made by hand."""

from optimizer.sweeping.buying import differences
from optimizer.sweeping.reading import Edge, Reading, Step
from optimizer.sweeping.results import Outcome
from tests.sweeping.results import CAP, PRICE, a_grid, a_result, an_answer, an_order


def along_a_price() -> Reading:
    """Ten prices: four nodes up to 4 USD, two up to 7, nothing above; at 10 there is no plan."""
    nodes = {n: 4 if n <= 4 else 2 if n <= 7 else 0 for n in range(1, 10)}
    lists = {n: [an_order(count)] if count else [] for n, count in nodes.items()}
    solved = [a_result(n, an_answer(100.0 + n, *lists[n], bound_usd=99.6 + n)) for n in nodes]
    none = a_result(10, outcome=Outcome.IMPOSSIBLE, reason="a cap")
    return Reading(a_grid(), (*solved, none), a_result(0, an_answer(103.0, an_order(2))))


def test_thresholds_lie_between_two_values_of_an_axis() -> None:
    found = [(step.low.point, step.high.point) for step in along_a_price().thresholds]
    assert found == [(4, 5), (7, 8), (9, 10)]


def test_a_threshold_says_what_is_signed_otherwise() -> None:
    first, second, third = along_a_price().thresholds
    assert isinstance(first, Step)
    assert first.changes == ("res-a from 2027-01: 4 -> 2",)
    assert isinstance(second, Step)
    assert second.changes == ("- 2 res-a from 2027-01",)
    assert isinstance(third, Edge)
    assert third.without.point == 10


def test_lists_have_letters_and_that_of_the_base_comes_first() -> None:
    reading = along_a_price()
    assert [(one.label, one.points, [str(line) for line in one.to_sign]) for one in reading.buy_lists] == [
        ("A", 3, ["2 res-a from 2027-01"]),
        ("B", 4, ["4 res-a from 2027-01"]),
        ("C", 2, []),
    ]
    assert [reading.label(result) for result in reading.results] == [*"BBBBAAACC", ""]


def test_neighbours_that_are_alike_are_one_piece() -> None:
    pieces = [(piece.first.point, piece.last.point) for piece in along_a_price().segments()]
    assert pieces == [(1, 4), (5, 7), (8, 9), (10, 10)]


def test_a_difference_that_the_gaps_hide_has_no_sign() -> None:
    """Each optimum lies within 40 cents below its cost, so a step of a dollar is told apart; one of 30 cents is not."""
    told = a_result(1, an_answer(100.0, bound_usd=99.6)), a_result(2, an_answer(101.0, bound_usd=100.6))
    hidden = a_result(1, an_answer(100.0, bound_usd=99.6)), a_result(2, an_answer(100.3, bound_usd=99.9))
    grid = a_grid(f"{PRICE}=1,2")
    assert [step.verdict for step in Reading(grid, told).steps] == ["dearer"]
    assert [step.verdict for step in Reading(grid, hidden).steps] == ["not distinguishable"]
    step = Reading(grid, told).steps[0]
    assert (round(step.at_least_usd, 9), round(step.at_most_usd, 9)) == (0.6, 1.4)


def test_neighbours_are_those_one_step_apart_along_any_axis() -> None:
    """Two by three points: three steps along the first axis, four along the second."""
    grid = a_grid(f"{PRICE}=1,2", f"{CAP}=0.5,0.6,0.7")
    results = tuple(a_result(n, values=grid.point(((n - 1) // 3, (n - 1) % 3)).values) for n in range(1, 7))
    steps = [(step.axis, step.low.point, step.high.point) for step in Reading(grid, results).steps]
    assert steps == [(0, 1, 4), (0, 2, 5), (0, 3, 6), (1, 1, 2), (1, 2, 3), (1, 4, 5), (1, 5, 6)]


def test_points_that_are_not_there_yet_have_no_neighbours() -> None:
    reading = Reading(a_grid(), (a_result(1), a_result(3)))
    assert reading.steps == ()
    assert [len(piece.points) for piece in reading.segments()] == [1, 1]


def test_lists_differ_line_by_line() -> None:
    before = [an_order(4, "a"), an_order(1, "b"), an_order(2, "c")]
    after = [an_order(3, "a"), an_order(2, "c"), an_order(5, "d")]
    assert differences(before, after) == ("a from 2027-01: 4 -> 3", "- 1 b from 2027-01", "+ 5 d from 2027-01")

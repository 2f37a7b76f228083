"""The screen of a plan with futures: expected cost, its range, what waits, minimums, gates, the worth of knowing."""

import pytest

from optimizer.plan import Bracketed
from reports.console_futures import knowing_lines
from reports.console_plan import commitments, plan_screen
from tests.workbook_cases import a_plan_with_everything


def words(width: int = 100) -> str:
    return " ".join(" ".join(plan_screen(a_plan_with_everything(), width)).split())


@pytest.mark.parametrize("width", [80, 100, 160])
def test_every_line_fits(width: int) -> None:
    assert max(len(line) for line in plan_screen(a_plan_with_everything(), width)) <= width


def test_the_headline_is_expected_and_tells_the_range() -> None:
    costs = {row.outlook: row.totals.effective_usd for row in a_plan_with_everything().by_outlook}
    assert "expected over 3 outlooks" in words()
    assert f"{costs['low']:,.0f} USD (low) to {costs['high']:,.0f} USD (high)" in words()
    assert "of it capital expenditure 10,000 USD" in words()


def test_what_waits_stands_below_what_is_signed_now() -> None:
    screen = plan_screen(a_plan_with_everything(), 100)
    now = screen.index("To sign now, whatever comes")
    later = screen.index("NOT to sign yet: each only if its outlook comes (known from 2027-04 on)")
    assert now < later
    assert any("top-a" in line for line in screen[now:later])
    assert {"base", "high"} <= {word for line in screen[later : later + 8] for word in line.split()}


def test_take_or_pay_is_marked_with_its_minimum_and_bound_by_it() -> None:
    """Two lots of 450 node-hours at 5.05: 4,545 a month; the first of ten months at half."""
    assert "TAKE-OR-PAY: at least 4,545 USD a month, used or not, added up over 3 months" in words()
    assert commitments(a_plan_with_everything())["top-a.2027-01"] == pytest.approx(9.5 * 4545)


def test_migrations_are_told_with_their_gate_and_where_it_fails() -> None:
    assert "to-b: model-a to stack-b, work from 2027-01, gate 2027-04, fails its gate in low" in words()
    assert "not begun: to-c" in words()


@pytest.mark.parametrize(
    ("least", "found", "most", "said"),
    [
        (100.0, 100.2, 100.3, "saves 100 USD, and that is proven"),
        (-5.0, 60.0, 200.0, "saves at most 200 USD; that it saves anything is not proven"),
        (100.0, 150.0, 200.0, "saves 150 USD as found, proven between 100 USD and 200 USD"),
        (-0.2, 0.0, 0.1, "saves nothing, and that is proven"),
    ],
)
def test_what_knowing_is_worth_is_told_as_far_as_it_is_proven(
    least: float, found: float, most: float, said: str
) -> None:
    plan = a_plan_with_everything()
    assert plan.knowing is not None
    worth = Bracketed(at_least_usd=least, usd=found, at_most_usd=most)
    knowing = plan.knowing.model_copy(update={"perfect_information": worth})
    lines = " ".join(" ".join(knowing_lines(plan.model_copy(update={"knowing": knowing}), 200)).split())
    assert f"to know the outlook before signing {said}" in lines

"""What the reader sees of the ways to buy: on the screen the first broken rule, in the workbook all of them."""

from functools import cache
from pathlib import Path

from optimizer.plan import Baseline, Plan
from optimizer.plan_file import read_plan, write_plan
from reports.console_plan import plan_screen
from reports.sheets import plan_workbook
from tests.baseline_cases import baselines
from tests.plan_builders import a_plan


@cache
def shown() -> str:
    return " ".join(" ".join(plan_screen(a_plan(), 200)).split())


def summary(plan: Plan) -> list[str]:
    (sheet,) = (sheet for sheet in plan_workbook(plan) if sheet.name == "Summary")
    return [str(cell.value) for _, cell in sorted(sheet.cells.items())]


def with_breaks(*breaks: str) -> Plan:
    """The plan with its first baseline breaking just this."""
    plan = a_plan()
    first = plan.baselines[0].model_copy(update={"breaks": breaks})
    return plan.model_copy(update={"baselines": (first,)})


def test_every_way_stands_on_the_screen_and_in_the_summary() -> None:
    cells = summary(a_plan())
    for name in ("all on demand", "reserve the peak", "reserve the floor", "the recommender's way", "GPUs only"):
        assert name in baselines(a_plan())
        assert f" {name} [" in shown()
        assert name in cells


def test_a_way_that_breaks_nothing_is_called_a_real_alternative() -> None:
    plan = with_breaks()
    assert any("breaks no rule: a real alternative" in line for line in plan_screen(plan, 200))
    assert "all on demand: breaks no rule: a real alternative" in summary(plan)


def test_the_screen_counts_broken_rules_and_tells_the_first() -> None:
    one = " ".join(plan_screen(with_breaks("quota of a: 3 of 2"), 200))
    assert "BREAKS 1 rule: quota of a: 3 of 2" in one
    three = " ".join(plan_screen(with_breaks("quota of a: 3 of 2", "cap b", "after c"), 200))
    assert "BREAKS 3 rules: quota of a: 3 of 2; and 2 more" in three


def test_the_workbook_tells_all_broken_rules() -> None:
    cells = summary(with_breaks("quota of a: 3 of 2", "cap b", "after c"))
    assert "all on demand: breaks 3 rules" in cells
    assert {"- quota of a: 3 of 2", "- cap b", "- after c"} <= set(cells)


def test_a_way_that_was_not_solved_is_not_called_an_alternative() -> None:
    plan = a_plan()
    none = Baseline(name="all on demand", outcome="impossible", note="no such plan exists")
    without = plan.model_copy(update={"baselines": (none,)})
    assert not any("alternative" in text for text in (*plan_screen(without, 200), *summary(without)))


def test_broken_rules_travel_in_the_plan_file(tmp_path: Path) -> None:
    plan = with_breaks("quota of a: 3 of 2")
    write_plan(plan, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json").baselines == plan.baselines

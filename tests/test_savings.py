"""What a plan saves, in a sentence that does not promise more than is proven."""

from decimal import Decimal

from optimizer.plan import Baseline, Plan
from optimizer.plan_headroom import AT_THE_WIDEST
from reports.console_comparison import comparison_lines
from reports.console_savings import savings_lines
from reports.savings import Saving, savings
from tests.plan_builders import a_plan

MILLION = 1_000_000


def a_million_plan(bound_usd: float = MILLION) -> Plan:
    """A plan that costs a million."""
    plan = a_plan()
    totals = plan.totals.model_copy(update={"objective_usd": Decimal(MILLION)})
    return plan.model_copy(update={"totals": totals, "incumbent_usd": MILLION, "bound_usd": bound_usd})


def against(
    objective_usd: int | None,
    bound_usd: float | None = None,
    *,
    plan: Plan | None = None,
    breaks: tuple[str, ...] = (),
) -> Saving:
    baseline = Baseline(
        name="all on demand",
        outcome="impossible" if objective_usd is None else "solved",
        objective_usd=None if objective_usd is None else Decimal(objective_usd),
        bound_usd=bound_usd,
        note="no reservations, no spot",
        breaks=breaks,
    )
    (saving,) = savings((plan or a_million_plan()).model_copy(update={"baselines": (baseline,)}))
    return saving


def test_a_quarter_is_saved_of_which_a_fifth_is_proven() -> None:
    """1 against 1.25 million, of which any such way needs 1.2 at least."""
    saving = against(1_250_000, 1_200_000.0)
    assert (saving.saves_usd, saving.saves_share, saving.proven_usd) == (250_000, 0.2, 200_000)
    assert saving.sentence == (
        'saves 250.0 k USD of 1.2 M USD (20.0%) against "all on demand"; at least 200.0 k USD as far as proven'
    )


def test_a_saving_is_proven_where_the_other_way_is() -> None:
    assert against(1_500_000, 1_500_000.0).sentence == (
        'saves 500.0 k USD of 1.5 M USD (33.3%) against "all on demand", and that is proven'
    )


def test_a_saving_within_the_gaps_is_no_evidence() -> None:
    assert against(1_010_000, 990_000.0).sentence.endswith("as found; the gaps are wider, so this is no evidence")


def test_a_way_that_costs_less_is_said_to_with_the_rules_that_it_breaks() -> None:
    saving = against(900_000, 890_000.0, breaks=("cap a", "quota b", "stock c"))
    assert saving.saves_usd == -100_000
    assert saving.sentence == (
        'costs 100.0 k USD (11.1%) more than "all on demand", which breaks rules of this plan: cap a and 2 more'
    )


def test_a_way_that_costs_less_and_breaks_nothing_is_said_to_as_well() -> None:
    saving = against(990_000, 985_000.0, plan=a_million_plan(bound_usd=985_000.0))
    assert saving.sentence == (
        'costs 10.0 k USD (1.0%) more, which is within the plan\'s own gap, than "all on demand", which breaks no rule'
    )


def test_a_way_without_a_plan_is_not_compared() -> None:
    saving = against(None)
    assert (saving.saves_usd, saving.saves_share, saving.proven_usd) == (None, None, None)
    assert saving.sentence == 'cannot be compared with "all on demand": no such plan exists'


def test_the_same_cost_is_no_saving() -> None:
    assert against(MILLION, float(MILLION)).sentence == 'costs the same as "all on demand"'


def test_the_screen_has_a_sentence_for_each_way_that_has_a_plan() -> None:
    plan = a_plan()
    solved = [baseline for baseline in plan.baselines if baseline.objective_usd is not None]
    assert solved
    lines = list(savings_lines(plan, 1000))
    assert lines[1] == "What it saves, and where it does not"
    assert len(lines) == 2 + len(solved)


def test_without_comparison_the_screen_says_nothing_of_savings() -> None:
    assert list(savings_lines(a_plan().model_copy(update={"baselines": ()}), 100)) == []


def test_the_screen_says_that_a_sign_is_proven_where_the_gaps_hide_the_size() -> None:
    """No other way costs less than 1.25 million, so it is dearer: by something between 0.25 and 0.8 million."""
    plan = a_million_plan(bound_usd=700_000.0)
    saving = against(1_500_000, 1_250_000.0, plan=plan)
    assert saving.sentence.endswith("at least 250.0 k USD as far as proven")
    screen = " ".join(comparison_lines(plan.model_copy(update={"baselines": (saving.against,)}), 100))
    assert "which is dearer is proven, by how much is within the gaps" in " ".join(screen.split())


def test_a_cheaper_way_that_was_not_given_pools_of_its_own_says_so() -> None:
    plan = a_million_plan()
    noted = against(900_000, 890_000.0, plan=plan).against.model_copy(update={"note": f"no spot; {AT_THE_WIDEST}"})
    (saving,) = savings(plan.model_copy(update={"baselines": (noted,)}))
    assert saving.sentence.endswith(f"and rests on {AT_THE_WIDEST}")

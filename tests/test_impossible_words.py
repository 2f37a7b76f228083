"""What an explanation says of a conflict is what was shown: a plan without a rule, or only that the others can hold."""

from optimizer.diagnosing.records import ChangeOutcome, CitedInput, CollidingRule, LeastChange, Unit, WhyImpossible
from optimizer.diagnosing.words import BESIDE, STANDS_BESIDE, message_of, reasons_of

PLACES = ("policy.budgets[0]", "policy.carbon[0]")


def explained(*, helps: bool) -> WhyImpossible:
    """A budget and a cap on emissions that collide; more of either helps, or more stands in the way."""
    return WhyImpossible(
        conflict=tuple(
            CollidingRule(words=path, input=CitedInput(path=path), is_needed=True) for path in PLACES
        ),
        changes=tuple(
            LeastChange(
                words=path,
                paths=(f"{path}.limit",),
                unit=Unit.COUNT,
                before="1",
                outcome=ChangeOutcome.MENDS if helps else ChangeOutcome.NO_VALUE,
                after="2" if helps else None,
                change="1" if helps else "",
            )
            for path in PLACES
        ),
    )


def test_where_a_change_of_each_rule_helps_a_plan_exists_without_any_one_of_them() -> None:
    why = explained(helps=True)
    assert "without any one of them a plan exists" in message_of(why)
    assert BESIDE in message_of(why)
    assert reasons_of(why)[0].endswith("Without any one of them a plan exists")


def test_where_more_stands_in_the_way_only_the_others_of_the_list_can_hold() -> None:
    why = explained(helps=False)
    assert "a plan exists" not in message_of(why) + reasons_of(why)[0]
    assert "without any one of them the others of this list can" in message_of(why)
    assert STANDS_BESIDE in message_of(why)


def test_a_single_rule_is_told_as_one() -> None:
    both = explained(helps=True)
    one = both.model_copy(update={"conflict": both.conflict[:1], "changes": both.changes[:1]})
    assert "This cannot hold with the supply; without it a plan exists:" in message_of(one)


def test_changes_of_which_nothing_is_known_share_a_line() -> None:
    """Nothing was settled of either: no list of lines that say so one by one."""
    both = explained(helps=True)
    update = {"outcome": ChangeOutcome.NOT_SETTLED, "after": None, "change": ""}
    open_ones = both.model_copy(update={"changes": tuple(c.model_copy(update=update) for c in both.changes)})
    assert f"  not settled: {PLACES[0]}; {PLACES[1]}" in message_of(open_ones)

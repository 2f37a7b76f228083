"""What the plan says of splits, against what is recomputed: figures, refusals, and the nodes of both roles."""

from collections.abc import Iterable
from typing import NamedTuple

from catalog.goodput import Role
from catalog.serving import Serving
from contracts.calendar import Month
from contracts.terms.split import Split
from optimizer.audit.checks import Checks, Place
from optimizer.audit.configurations import Figures
from optimizer.audit.figures import Inputs
from optimizer.audit.pairs import Difference, differences, equal, relaxations
from optimizer.audit.serving import AS_STATED, Factors
from optimizer.audit.split_serving import SplitBook, SplitFigures, SplitPair, SplitRefused
from optimizer.audit.statements import Statements, case_place
from optimizer.plan_splits import ContingencySplit, SplitPlacement, SplitRefusal, SplitServing
from scenarios.scenario import HeadroomMethod


class Rules(NamedTuple):
    """What is asked of what is placed, in normal operation or after an event."""

    stated: str
    allowed: str
    nodes: str


NORMAL = Rules("split.stated", "split.allowed", "split.nodes")
AFTER_EVENT = Rules("contingency.stated", "contingency.allowed", "contingency.nodes")


def check_splits(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Inputs, figures and refusals of splits, and all that they serve."""
    book = SplitBook(inputs)
    _check_inputs(inputs, checks)
    _check_figures(inputs, stated, book, checks)
    _check_refusals(inputs, stated, book, checks)
    placed = _Placed(inputs, book, checks)
    told = {(row.workload, row.size_class, row.split, row.contingency) for row in stated.bought.split_goodput}
    for row in stated.bought.split_placements:
        pair = (row.workload, row.size_class, row.split)
        place: Place = (row.outlook, row.month, row.block, *pair, row.prefill_pool.value, row.decode_pool.value)
        checks.true(NORMAL.stated, place, (*pair, None) in told, left="figures", operator="are", right="in the plan")
        placed.check(NORMAL, place, row, AS_STATED, (row.outlook, row.month))
    factors = relaxations(inputs)
    for case in stated.cases:
        stretched = factors[case.contingency]
        wanted = {case.contingency} | ({None} if stretched == AS_STATED else set())
        for serves in case.split_placements:
            pair = (serves.workload, serves.size_class, serves.split)
            place = (*case_place(case), *pair)
            is_told = any((*pair, event) in told for event in wanted)
            checks.true(AFTER_EVENT.stated, place, is_told, left="figures", operator="are", right="in the plan")
            placed.check(AFTER_EVENT, place, serves, stretched, (case.outlook, case.month))


def _check_inputs(inputs: Inputs, checks: Checks) -> None:
    method = inputs.run.headroom.method
    for name, split in inputs.splits.items():
        here, there = (inputs.geography(inputs.offerings[at]) for at in (split.prefill_offering, split.decode_offering))
        checks.same("inputs.splits", (name, "geography"), here, there)
        checks.same("inputs.splits", (name, "headroom"), method, HeadroomMethod.STATED)
        checks.same("inputs.splits", (name, "retries"), _retries_of_its_own(inputs, split), 0)


def _retries_of_its_own(inputs: Inputs, split: Split) -> int:
    """Rows for its model on a column of it: a split has the workload's yield, and would pass them over."""
    ends = (split.prefill_offering, split.decode_offering)
    columns = {*(("offering", end) for end in ends), *(("stack", inputs.stack(end)) for end in ends)}
    rows = inputs.scenario.column_yields
    return sum((r.scope, r.name) in columns and inputs.workloads[r.workload].model == split.model for r in rows)


def _check_figures(inputs: Inputs, stated: Statements, book: SplitBook, checks: Checks) -> None:
    factors = relaxations(inputs)
    for row in stated.bought.split_goodput:
        pair = (row.workload, row.size_class, row.split)
        answer = book.answer(pair, factors[row.contingency])
        found = [] if isinstance(answer, SplitRefused) else _differences(row.serving, answer)
        checks.true(
            "split.figures",
            (*pair, row.contingency or "normal"),
            isinstance(answer, SplitFigures) and not found,
            left="; ".join(f"{name} {value}" for name, value, _ in found) or "figures stated",
            operator="=",
            right="; ".join(f"{name} {value}" for name, _, value in found) or _words(answer),
        )


def _words(answer: SplitFigures | SplitRefused) -> str:
    return answer.words if isinstance(answer, SplitRefused) else "able to serve"


def _differences(serving: SplitServing, figures: SplitFigures) -> list[Difference]:
    numbers: list[tuple[str, float | None, float | None]] = [
        ("kv_gb_per_attempt", serving.kv_gb_per_attempt, figures.kv_gb_per_attempt),
        ("transfer_ms", serving.transfer_ms, figures.transfer_ms),
        ("ttft_left_ms", serving.ttft_left_ms, figures.ttft_left_ms),
    ]
    return [
        *_of_role(Role.PREFILL, serving.prefill, figures.prefill),
        *_of_role(Role.DECODE, serving.decode, figures.decode),
        *((name, found, expected) for name, found, expected in numbers if not equal(found, expected)),
    ]


def _of_role(role: Role, serving: Serving, choices: Iterable[Figures]) -> list[Difference]:
    """From the choice that is nearest to what is stated."""
    fewest = min((differences(serving, choice) for choice in choices), key=len)
    return [(f"{role.value} {name}", found, expected) for name, found, expected in fewest]


def _check_refusals(inputs: Inputs, stated: Statements, book: SplitBook, checks: Checks) -> None:
    """Every size class of a split's model is refused or able to be served, never both, never neither."""
    refused = {(row.workload, row.size_class, row.split): row for row in stated.bought.split_refusals}
    for (workload, size_class), name in ((key, name) for key in inputs.classes for name in inputs.splits):
        if inputs.splits[name].model == inputs.workloads[workload].model:
            pair = (workload, size_class, name)
            _check_refusal(pair, refused.get(pair), book.answer(pair), checks)


def _check_refusal(
    pair: SplitPair, refusal: SplitRefusal | None, answer: SplitFigures | SplitRefused, checks: Checks
) -> None:
    told = "not refused" if refusal is None else f"refused ({refusal.role or 'as a whole'}): {refusal.reason.value}"
    is_right = isinstance(answer, SplitRefused) == (refusal is not None)
    checks.true("split.refused", pair, is_right, left=told, operator="but", right=_words(answer))
    if refusal is not None and isinstance(answer, SplitRefused):
        is_first = refusal.role is answer.role and refusal.reason in answer.reasons
        checks.true("split.refusal_reason", pair, is_first, left=told, operator="is", right=answer.words)


class _Placed:
    """Checks what splits serve."""

    def __init__(self, inputs: Inputs, book: SplitBook, checks: Checks) -> None:
        self._inputs = inputs
        self._book = book
        self._checks = checks

    def check(
        self,
        rules: Rules,
        place: Place,
        row: SplitPlacement | ContingencySplit,
        factors: Factors,
        when: tuple[str, Month],
    ) -> None:
        """It may be there, and each role keeps the right nodes busy in the outlook and month."""
        answer = self._book.answer((row.workload, row.size_class, row.split), factors)
        may_serve = isinstance(answer, SplitFigures)
        self._checks.true(rules.allowed, place, may_serve, left="placed", operator="but", right=_words(answer))
        if not isinstance(answer, SplitFigures):
            return
        split = self._inputs.splits[row.split]
        for role, nodes, offering, figures in (
            (Role.PREFILL, row.prefill_nodes, split.prefill_offering, answer.prefill[0]),
            (Role.DECODE, row.decode_nodes, split.decode_offering, answer.decode[0]),
        ):
            seconds = self._inputs.node_seconds(figures.node_seconds, when[0], offering, when[1])
            per_tok = self._attempts_per_tok(row) * seconds / self._inputs.run.usable_share
            needed = row.accepted_tok_per_s * per_tok
            self._checks.close(rules.nodes, (*place, role.value), nodes, needed, "nodes", rounded=1 + per_tok)

    def _attempts_per_tok(self, row: SplitPlacement | ContingencySplit) -> float:
        """The yield is the workload's, wherever the roles are."""
        workload = self._inputs.workloads[row.workload]
        accepted = workload.accepted_share * (1.0 - workload.retry_share)
        return 1.0 / self._inputs.classes[row.workload, row.size_class].output_tokens / accepted

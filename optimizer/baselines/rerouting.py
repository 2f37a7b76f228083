"""Among all ways to route over what a baseline bought, one that breaks share caps and floors least.

Idle nodes are paid anyway, so the routing of a cheapest answer is often one of many, and a cap that another of
them keeps is not broken by what was bought.

    least:  min sum over rules, groups and windows of over[i],  over[i] >= 0
            excess[i]  -  over[i]  <=  0                (the rows of concentration and share_floors)
            everything that costs  <=  its value in the answer, whole numbers as they are
            all rows of the answer's own model
"""

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import block_array, coo_array, csc_array

from optimizer.arrays import Arrays
from optimizer.baselines.answering import STOPPED, Answer
from optimizer.extract import extract
from optimizer.shares import Holding
from optimizer.solve import solve_in

HAIR = 1e-7
"""How much more of anything, absolutely and as a share, the other routing may use: the solver's tolerance."""


def routed_within_caps(answer: Answer, held: list[Holding]) -> Answer:
    """The answer routed so; the answer as it is where the solver finds nothing better in time."""
    question = answer.question
    try:
        solved = solve_in(question.session, _program(answer, held), question.options())
    except STOPPED:
        return answer
    values = solved.values[: len(answer.values)]
    decided = extract(question.problem, question.model, question.compiled, values)
    return replace(answer, values=values, decided=decided)


def _program(answer: Answer, held: list[Holding]) -> Arrays:
    a = answer.question.compiled.arrays
    columns, caps = len(a.cost), len(held)
    bought = np.maximum(a.lower, answer.values + HAIR * (1.0 + np.abs(answer.values)))
    whole = np.rint(answer.values)
    own = csc_array((a.values, a.rows, a.starts), shape=(len(a.row_lower), columns))
    over = coo_array((-np.ones(caps), (range(caps), range(caps))), shape=(caps, caps))
    matrix = block_array([[own, None], [_excesses(answer, held), over]], format="csc")
    limits = [-group.excess[1] for group in held]
    return Arrays(
        cost=np.concatenate([np.zeros(columns), np.ones(caps)]),
        offset=0.0,
        lower=np.concatenate([np.where(a.integer, whole, a.lower), np.zeros(caps)]),
        upper=np.concatenate(
            [np.where(a.integer, whole, np.where(a.cost != 0, bought, a.upper)), np.full(caps, np.inf)]
        ),
        integer=np.zeros(columns + caps, dtype=bool),
        starts=matrix.indptr.astype(np.int32),
        rows=matrix.indices.astype(np.int32),
        values=np.asarray(matrix.data, dtype=float),
        row_lower=np.concatenate([a.row_lower, np.full(caps, -np.inf)]),
        row_upper=np.concatenate([a.row_upper, limits]),
        partner=np.full(columns + caps, -1, dtype=np.int32),
        opens_at=np.zeros(columns + caps),
    )


def _excesses(answer: Answer, held: list[Holding]) -> Any:
    """The caps' rows in the columns of the answer's model."""
    compiled = answer.question.compiled
    place = {id(variable): i for i, variable in enumerate(compiled.columns)}
    entries = [
        (x, row, place[id(v)]) for row, group in enumerate(held) for x, v in group.excess[0] if id(v) in place
    ]
    xs, rows, columns = zip(*entries, strict=True) if entries else ((), (), ())
    return coo_array((xs, (rows, columns)), shape=(len(held), len(compiled.columns)))

"""Erlang's formulas against worked numbers from outside, and against the states of the queue added up one by one."""

import json
from itertools import pairwise
from math import exp, factorial
from pathlib import Path

import pytest

from optimizer.queueing import LARGEST_POOL, Pools, blocked_share, late_share, waiting_share

TRUTH = json.loads((Path(__file__).parent / "truth" / "worked_examples.json").read_text())["erlang_C_and_B"]


def parts(case: str) -> tuple[float, int]:
    """Erlangs and servers of a case like `a=2.5,c=5`."""
    erlangs, servers = (float(part.split("=")[1]) for part in case.split(","))
    return erlangs, int(servers)


@pytest.mark.parametrize("case", TRUTH)
def test_published_chances_of_waiting_and_of_being_turned_away(case: str) -> None:
    erlangs, servers = parts(case)
    assert float(waiting_share(servers, erlangs)) == pytest.approx(TRUTH[case]["P_wait"], rel=1e-12)
    assert float(blocked_share(servers, erlangs)) == pytest.approx(TRUTH[case]["P_block"], rel=1e-12)


def late_by_states(servers: int, erlangs: float, wait_services: float) -> float:
    """P(wait > d), state by state: who finds n >= c requests must see n - c + 1 of them leave, and c serve at once."""
    weights = [erlangs**n / factorial(n) for n in range(servers)]
    weights += [weights[-1] * erlangs / servers * (erlangs / servers) ** n for n in range(400)]
    late = 0.0
    for n, weight in enumerate(weights[servers:]):
        term, fewer = exp(-servers * wait_services), 0.0
        for k in range(n + 1):  # at most n of them have left in time: Poisson at c per service time
            fewer += term
            term *= servers * wait_services / (k + 1)
        late += weight * fewer
    return late / sum(weights)


@pytest.mark.parametrize(
    ("servers", "erlangs", "wait"), [(1, 0.5, 1.0), (3, 2.0, 0.5), (8, 6.0, 0.25), (12, 10.0, 2.0)]
)
def test_the_share_that_waits_too_long_is_that_of_the_states(servers: int, erlangs: float, wait: float) -> None:
    assert float(late_share(servers, erlangs, wait)) == pytest.approx(late_by_states(servers, erlangs, wait), rel=1e-9)


def test_a_single_server_by_hand() -> None:
    """One server: P(wait > d) = a exp(-(1 - a) d). At a = 0.5 and two services' time: 0.5 / e = 18.39 %."""
    assert Pools(2.0, 0.5 / exp(1.0)).most_erlangs(1) == pytest.approx(0.5)


def test_a_larger_pool_carries_a_larger_share_of_itself() -> None:
    pools = Pools(0.5, 0.01)
    sizes = [0.3, 1, 1.5, 2, 3, 7.5, 8, 50, 400, 4000, LARGEST_POOL, 3 * LARGEST_POOL]
    shares = [pools.most_erlangs(size) / size for size in sizes]
    assert all(a <= b + 1e-12 for a, b in pairwise(shares))
    assert shares[0] < 0.1
    assert 0.99 < shares[-1] < 1


@pytest.mark.parametrize("erlangs", [0.001, 0.5, 3.3, 47.0, 900.0, 3.0 * LARGEST_POOL])
def test_the_smallest_pool_for_a_load_carries_just_that(erlangs: float) -> None:
    pools = Pools(0.5, 0.01)
    assert pools.most_erlangs(pools.servers_for(erlangs)) == pytest.approx(erlangs)


def test_without_a_limit_of_the_wait_a_pool_carries_itself() -> None:
    assert Pools(None, 0.01).most_erlangs(7.5) == 7.5
    assert Pools(None, 0.01).servers_for(7.5) == 7.5


def test_the_table_of_the_manual_is_right() -> None:
    manual = (Path(__file__).parents[1] / "docs" / "headroom.md").read_text(encoding="utf-8")
    table = manual.split("<!-- table of tests/test_queueing.py -->")[1].split("<!-- end -->")[0]
    rows = [line.strip("| ").split(" | ") for line in table.strip().splitlines()[2:]]
    assert len(rows) == 8
    pools = Pools(0.5, 0.01)
    assert [(r, share) for r, share in rows] == [
        (r, f"{100 * pools.most_erlangs(int(r)) / int(r):.1f} %") for r, _ in rows
    ]

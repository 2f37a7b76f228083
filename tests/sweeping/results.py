"""Small results of a sweep, so that a test states only what it is about."""

from decimal import Decimal
from typing import Any

from optimizer.comparing.buying import Way
from optimizer.living.living import How
from optimizer.plan import Status, StopReason
from optimizer.plan_solver import Versions
from optimizer.sweeping.axes import parse_axis
from optimizer.sweeping.buying import ToSign, list_fingerprint
from optimizer.sweeping.grid import Grid, grid_of
from optimizer.sweeping.results import Outcome, PointAnswer, PointResult
from optimizer.sweeping.results_file import Header
from scenarios.scenario import InputFile
from tests.builders import a_scenario

PRICE = "contracts.res-a.price_usd_per_node_hour"
CAP = "policy.concentration[0].cap_share"


def a_grid(*axes: str) -> Grid:
    """A grid over axes as they are written; ten prices from 1 to 10 USD unless said otherwise."""
    return grid_of([parse_axis(axis) for axis in axes or (f"{PRICE}=1..10/10",)])


def a_header(grid: Grid | None = None, **overrides: Any) -> Header:
    """The header of a sweep over that grid."""
    fields: dict[str, Any] = {
        "scenario": "small",
        "grid": grid or a_grid(),
        "base": "0123456789abcdef",
        "run": a_scenario().run,
        "files": (InputFile(name="contracts.csv", sha256="aa"), InputFile(name="scenario.yaml", sha256="bb")),
        "versions": Versions(siliconmix="1", python="3", pyomo="6", highspy="1"),
    }
    return Header(**(fields | overrides))


def an_order(nodes: int, contract: str = "res-a") -> ToSign:
    """So many nodes from January 2027 on."""
    return ToSign(way=Way.ORDER, what=contract, start="2027-01", quantity=Decimal(nodes))


def an_answer(cost_usd: float = 100.0, *to_sign: ToSign, **overrides: Any) -> PointAnswer:
    """A plan that is proven to the end and serves 10 Mtok."""
    fields: dict[str, Any] = {
        "status": Status.WITHIN_GAP,
        "stop_reason": StopReason.GAP_REACHED,
        "incumbent_usd": cost_usd,
        "bound_usd": cost_usd,
        "gap": 0.0,
        "objective_usd": Decimal(str(cost_usd)),
        "effective_usd": Decimal(str(cost_usd)),
        "cash_usd": Decimal(str(cost_usd)),
        "shortfall_penalty_usd": Decimal(0),
        "usd_per_mtok": Decimal(str(cost_usd)) / 10,
        "served_mtok": Decimal(10),
        "shortfall_mtok": Decimal(0),
        "tolerance_usd": 0.0,
        "buy_list": list_fingerprint(to_sign),
        "to_sign": to_sign,
    }
    return PointAnswer(**(fields | overrides))


def a_result(point: int, answer: PointAnswer | None = None, **overrides: Any) -> PointResult:
    """A solved point, or one without an answer where an outcome is named."""
    fields: dict[str, Any] = {
        "point": point,
        "values": (str(point),) if point else (),
        "outcome": Outcome.SOLVED,
        "answer": answer or an_answer(100.0 + point),
        "fingerprint": f"fingerprint-{point}",
        "how": How.PATCHED,
        "seconds": 1.0,
    }
    if overrides.get("outcome", Outcome.SOLVED) is not Outcome.SOLVED:
        fields |= {"answer": None, "how": None}
    return PointResult(**(fields | overrides))

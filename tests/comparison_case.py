"""One comparison with a variant of every outcome, and names that try to be formulas."""

from functools import cache

from optimizer.comparing.bridge import Alone
from optimizer.comparing.comparison import Comparison, Outcome, Tried, compare
from optimizer.comparing.inputs_differ import differing_inputs
from scenarios.changes import ChangeMade
from tests.comparing_cases import a_choice, base_plan, both_plan, cheap_plan, doubled_plan, left_open
from tests.proving import planned

PRICE = "contracts.res-a.price_usd_per_node_hour"
HOSTILE = '=HYPERLINK("http://example.invalid")'
LONG = "a-name-of-which-nobody-sees-the-end-" + "x" * 60


def price_set(usd: str) -> ChangeMade:
    return ChangeMade(path=PRICE, before="12", after=usd, place="contracts.csv row 3")


@cache
def a_comparison() -> Comparison:
    """Cheaper, along a price, with a joint effect, not distinguishable, impossible, rejected."""
    price, demand = Alone(f"{PRICE}=8", cheap_plan()), Alone("demand.chat/*.accepted_requests_per_s=*2", doubled_plan())
    both = differing_inputs(base_plan().scenario, both_plan().scenario)
    tried = [
        Tried("cheap", (price_set("8"),), Outcome.SOLVED, cheap_plan(), alone=(price,)),
        Tried("at-9", (price_set("9"),), Outcome.SOLVED, planned(a_choice("9")), note="-1+2"),
        Tried("both", both, Outcome.SOLVED, both_plan(), alone=(price, demand)),
        Tried(HOSTILE, (), Outcome.SOLVED, left_open(doubled_plan(), 20000)),
        Tried(LONG, (price_set("99"),), Outcome.IMPOSSIBLE, reasons=("=too little stock", "and too late")),
        Tried("wrong", (), Outcome.REJECTED, reasons=("no such path " * 400,)),
    ]
    return compare("base", base_plan(), tried)

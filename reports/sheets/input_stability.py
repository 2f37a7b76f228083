"""The part of sheet Inputs about changes against the orders that were approved last."""

from __future__ import annotations

from reports.facts import Facts
from reports.layout import Fmt
from reports.sheets.input_writer import AMOUNT, SHARE, InputWriter

MOST_USD = "MostChangedUSD"
MOST_ORDERS = "MostChangedOrders"
PRICE = "PricePerChangedUSD"


def write_stability(write: InputWriter, facts: Facts) -> None:
    """What the policy allows and counts; nothing where it has no such rule."""
    stability = facts.scenario.policy.stability
    if stability is None:
        return
    write.section("Stability: changes against the approved orders")
    path = "policy.stability"
    if stability.changed_usd_at_most is not None:
        write.add(
            "Most value of changed orders",
            stability.changed_usd_at_most,
            "USD, as signed",
            f"{path}.changed_usd_at_most",
            fmt=Fmt.MONEY,
            name=MOST_USD,
            check=AMOUNT,
        )
    if stability.changed_orders_at_most is not None:
        most = stability.changed_orders_at_most
        write.add(
            "Most orders that differ", most, "orders", f"{path}.changed_orders_at_most", fmt=Fmt.WHOLE, name=MOST_ORDERS
        )
    write.add(
        "Price of a changed dollar",
        stability.price_per_changed_usd,
        "USD, billed by nobody",
        f"{path}.price_per_changed_usd",
        fmt=Fmt.SHARE,
        name=PRICE,
        check=SHARE,
    )

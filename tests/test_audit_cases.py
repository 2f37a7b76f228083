"""Cases beside the two plans: what is held, several outlooks, months of every length, files, imports."""

import ast
import subprocess
import sys
from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit import audit_against_files, audit_plan
from optimizer.audit.due import cents
from optimizer.audit.events import checked_blocks
from optimizer.audit.figures import Inputs, first_start, hours_between, weekly_counts
from optimizer.audit.rules import RULES
from optimizer.plan import ContingencyCase, ContingencyPlacement, EmergencyUse, Goodput, OutlookTotals, Plan, Totals
from scenarios.blocks import BlockLoad
from scenarios.outlooks import Outlook
from scenarios.policy import ConcentrationCap
from scenarios.scenario import InputFile
from scenarios.workloads import Demand
from tests import builders as make
from tests.audit_lines import FEB, JAN, MAR, line, serving, usd
from tests.audit_plans import rich_plan, small_plan
from tests.audit_planting import on, total, under

ROOT = Path(__file__).resolve().parent.parent
AUDIT = ROOT / "optimizer" / "audit"
MONTHS = st.builds(Month, st.integers(2024, 2090), st.integers(1, 12))


def assert_passes(plan: Plan) -> None:
    assert audit_plan(plan).findings == ()


def revalued(plan: Plan, objective: str, **totals: str) -> Plan:
    """The plan with other totals; the incumbent and the bound follow the objective."""
    values = {name: usd(value) for name, value in totals.items()}
    plan = total(plan, objective_usd=usd(objective), **values)
    return plan.model_copy(update={"incumbent_usd": float(objective), "bound_usd": float(objective)})


def test_a_held_contract_pays_its_upfront_part_in_the_past() -> None:
    """One node from November 2026 to February 2027, 720 + 744 + 744 + 672 = 2,880 h at 5 USD, half upfront.

    Upfront 2,880 * 2.5 = 7,200, of which 1,416 / 2,880 serve the horizon: 3,540. Monthly 1,860 and 1,680.
    Effective and, with a free tail, objective 9,912 + 7,080 = 16,992; cash 9,912 + 3,540 = 13,452.
    The other 3,660 served November and December: sunk, neither in the horizon nor after it.
    """
    start, held = Month(2026, 11), Nature.HELD_RECURRING
    plan = on(small_plan(), held_contracts=(make.a_held(start=start, end=MAR, upfront_share=0.5),))
    lines = (
        line(Nature.HELD_UPFRONT, "held-a", (start, MAR), "2880", "2.5", "7200.00"),
        line(held, "held-a", (JAN, FEB), "744", "2.5", "1860.00"),
        line(held, "held-a", (FEB, MAR), "672", "2.5", "1680.00"),
    )
    plan = plan.model_copy(update={"cost_lines": plan.cost_lines + lines})
    assert_passes(
        revalued(
            plan,
            "16992",
            effective_usd="16992",
            cash_usd="13452",
            beyond_horizon_usd="0",
            usd_per_mtok="3.333333",
        )
    )


def test_a_held_contract_that_has_ended_costs_nothing() -> None:
    assert_passes(on(small_plan(), held_contracts=(make.a_held(end=JAN, upfront_share=0.5),)))


def two_outlooks() -> Plan:
    """The small plan in two outlooks; in "high", a quarter likely, it rents a fifth of a node.

    High: 148.8 h 1,488 and 134.4 h 1,344. Expected on demand: 0.75 * 1,416 + 0.25 * 2,832 = 1,770; with the
    reserved 8,496 it is 10,266, and per Mtok 10,266 / 5,097.6 = 2.013889.
    """
    plan = on(
        small_plan(),
        outlooks=(Outlook(outlook="base", probability=0.75), Outlook(outlook="high", probability=0.25)),
    )
    high = {"outlook": "high"}
    usages = tuple(u.model_copy(update={**high, "nodes": 0.2}) for u in plan.usages)
    lines = (
        line(Nature.ON_DEMAND_USAGE, "od-a", (JAN, FEB), "148.8", "10", "1488.00", line="high-1", **high),
        line(Nature.ON_DEMAND_USAGE, "od-a", (FEB, MAR), "134.4", "10", "1344.00", line="high-2", **high),
    )
    both = {
        "usages": plan.usages + usages,
        "placements": plan.placements + tuple(p.model_copy(update=high) for p in plan.placements),
        "cost_lines": plan.cost_lines + lines,
    }
    money = "10266"
    plan = revalued(plan.model_copy(update=both), money, effective_usd=money, cash_usd=money, usd_per_mtok="2.013889")
    alone = {"base": (0.75, "9912", "1.944444"), "high": (0.25, "11328", "2.222222")}
    by_outlook = tuple(
        OutlookTotals(outlook=outlook, probability=probability, totals=same_cost(plan, cost, per_mtok))
        for outlook, (probability, cost, per_mtok) in alone.items()
    )
    return plan.model_copy(update={"by_outlook": by_outlook})


def same_cost(plan: Plan, cost: str, per_mtok: str) -> Totals:
    """Objective, effective cost and cash are one amount."""
    money = dict.fromkeys(("objective_usd", "effective_usd", "cash_usd"), usd(cost))
    return plan.totals.model_copy(update={**money, "usd_per_mtok": usd(per_mtok)})


def test_recourse_lines_weigh_by_the_probability_of_their_outlook() -> None:
    assert_passes(two_outlooks())


def test_every_outlook_must_be_served() -> None:
    plan = two_outlooks()
    base_only = tuple(p for p in plan.placements if p.outlook == "base")
    findings = audit_plan(plan.model_copy(update={"placements": base_only})).findings
    assert {f.rule for f in findings if f.place.startswith("high")} == {"demand.met"}


def not_firm_plan() -> Plan:
    """The small plan with a discount for a contract, and the loss of all spot to survive with 80 %.

    Needed 800 tok/s * 0.0011 = 0.88 nodes: half of the one node that is not firm, and 0.38 on demand.
    """
    plan = small_plan()
    on_demand, reserved = plan.scenario.contracts
    offering = make.an_offering(on_demand_confidence=0.5)
    plan = on(
        plan,
        contracts=(on_demand, reserved.model_copy(update={"firm": False})),
        catalog=make.a_catalog(offerings=(offering,)),
    )
    plan = under(plan, contingencies=(make.a_contingency("lose-spot", lost="spot", name="*"),))
    pair = {"workload": "chat", "size_class": "all", "offering": "node-a"}
    routed = ContingencyPlacement(**pair, accepted_tok_per_s=800.0, nodes=0.88)
    leaned = EmergencyUse(offering="node-a", on_demand_nodes=0.38, not_firm_nodes=0.5)
    cases = tuple(
        ContingencyCase(
            contingency="lose-spot",
            outlook="base",
            month=month,
            block="all",
            placements=(routed,),
            emergency=(leaned,),
        )
        for month in (JAN, FEB)
    )
    goodput = Goodput(**pair, contingency="lose-spot", serving=serving(0.11, "gpu-a"))
    return plan.model_copy(update={"contingencies": cases, "goodput": (*plan.goodput, goodput)})


def test_nodes_that_are_not_firm_count_at_their_confidence() -> None:
    assert_passes(not_firm_plan())


def test_a_workload_without_demand_has_no_peak_to_survive() -> None:
    """It would peak by night; only the day of the other workload is due."""
    idle = make.a_workload("idle")
    loads = (("chat", "day", 1.5), ("chat", "night", 0.5), ("idle", "day", 0.5), ("idle", "night", 1.5))
    blocks = make.day_and_night().model_copy(
        update={"loads": tuple(BlockLoad(workload=w, block=b, relative_load=x) for w, b, x in loads)}
    )
    scenario = make.a_scenario(
        workloads=(make.a_workload(), idle),
        size_classes=(make.a_size_class(), make.a_size_class("idle")),
        demand=make.flat_demand() + make.flat_demand("idle", requests_per_s=0.0),
        blocks=blocks,
    )
    assert checked_blocks(Inputs(scenario), make.a_contingency(), JAN) == ("day",)


def test_an_emergency_without_probability_needs_no_line() -> None:
    assert not any(row.nature is Nature.EMERGENCY_EXPECTED for row in not_firm_plan().cost_lines)


def test_blocks_of_no_load_at_all_are_flat() -> None:
    plan = rich_plan()
    loads = tuple(BlockLoad(workload="chat", block=b, relative_load=0.0) for b in ("day", "night"))
    inputs = Inputs(on(plan, blocks=plan.scenario.blocks.model_copy(update={"loads": loads})).scenario)
    rates = {inputs.class_rates["base", "chat", "short", FEB, block] for block in ("day", "night")}
    assert rates == {300.0}


def test_demand_in_mtok_is_met_over_the_real_hours_of_the_month() -> None:
    """2.4192 Mtok in February: 2.4192e6 / (672 * 3,600) = 1 tok/s."""
    rows = tuple(Demand(workload="chat", month=m, accepted_output_mtok=2.4192) for m in (JAN, FEB))
    rates = Inputs(make.a_scenario(demand=rows)).class_rates
    assert round(rates["base", "chat", "all", FEB, "all"], 12) == 1.0
    assert round(rates["base", "chat", "all", JAN, "all"], 12) == round(672 / 744, 12)


def test_rounding_of_lines_does_not_break_a_spend_cap_that_binds() -> None:
    """All spend is in one geography: 9,912 of 9,912; a cap half a cent below per line is a rounding."""
    rule: dict[str, Any] = {"rule": "cap", "measure": "spend", "by": "geography", "window": "horizon"}
    four_lines = ConcentrationCap(**rule, cap_share=1 - 4 * 0.005 / 9912)
    assert_passes(under(small_plan(), concentration=(four_lines,)))
    too_low = ConcentrationCap(**rule, cap_share=1 - 9 * 0.005 / 9912)
    (finding,) = audit_plan(under(small_plan(), concentration=(too_low,))).findings
    assert finding.rule == "policy.concentration_spend"


def test_the_same_files_tell_nothing() -> None:
    plan = rich_plan()
    assert audit_against_files(plan, plan.scenario) == ()


def test_an_edited_file_is_told_by_its_hash() -> None:
    plan = rich_plan()
    edited = InputFile(name="demand.csv", sha256="other")
    files = (edited, *plan.scenario.input_files[1:])
    (finding,) = audit_against_files(plan, plan.scenario.model_copy(update={"input_files": files}))
    assert finding.rule == "identity.input_hashes"


def test_a_plan_that_serves_nothing_has_no_price_per_token() -> None:
    """No demand, no order, no line."""
    plan = on(small_plan(), demand=make.flat_demand(requests_per_s=0.0))
    nothing = dict.fromkeys(Totals.model_fields, usd(0)) | {"usd_per_mtok": None}
    empty = dict.fromkeys(("orders", "usages", "placements", "cost_lines", "goodput"), ())
    zero = {"incumbent_usd": 0.0, "bound_usd": 0.0, "totals": Totals(**nothing)}
    assert_passes(plan.model_copy(update=empty | zero))


@given(first=MONTHS, months=st.integers(1, 60))
def test_hours_are_those_of_the_days(first: Month, months: int) -> None:
    days = 0
    for month in (first + i for i in range(months)):
        days += monthrange(month.year, month.number)[1]
    assert hours_between(first, first + months) == 24 * days


@given(month=MONTHS)
def test_hours_of_the_week_fill_the_month(month: Month) -> None:
    counts = weekly_counts(month)
    assert sum(counts) == hours_between(month, month + 1)
    assert set(counts) <= {4, 5}


@given(day=st.dates(date(2024, 1, 1), date(2090, 1, 1)), lead=st.integers(0, 400))
def test_the_first_start_is_the_first_month_that_is_not_too_early(day: date, lead: int) -> None:
    start = first_start(day, lead)
    assert start.first_day >= day + timedelta(days=lead)
    assert (start + -1).first_day < day + timedelta(days=lead)


@given(amount=st.decimals(0, 10**9, places=6))
def test_cents_are_never_more_than_half_a_cent_away(amount: Decimal) -> None:
    assert abs(cents(amount) - amount) <= Decimal("0.005")


def test_the_manual_lists_every_rule_with_its_sentence() -> None:
    manual = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
    assert [rule for rule, sentence in RULES.items() if f"| `{rule}` | {sentence} |" not in manual] == []


def test_the_audit_brings_no_solver_and_no_model_into_memory() -> None:
    code = "import optimizer.audit, sys; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(run.stdout.split())
    own = {name for name in loaded if name.startswith("optimizer.")}
    parts = ["binding", "changes", "contingencies", "contracts", "footprint", "headroom", "sensitivity", "solver"]
    parts += ["splits", "unit_cost", "why"]
    records = {"optimizer.plan", "optimizer.pool", "optimizer.opinion", *(f"optimizer.plan_{part}" for part in parts)}
    assert {n for n in own if not n.startswith("optimizer.audit")} == records
    assert not {name.partition(".")[0] for name in loaded} & {"pyomo", "highspy", "scipy", "numpy", "pandas"}
    evaluation = ("catalog.serving_", "contracts.billing")
    assert not [name for name in loaded if name.startswith(evaluation)]


def test_the_audit_takes_records_from_contracts_and_scenarios_and_nothing_else() -> None:
    """Classes have a capital letter; what computes (bills, windows, settlements) is a function."""
    for path in AUDIT.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        sources = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        taken = [
            alias.name
            for node in sources
            if (node.module or "").split(".")[0] in ("contracts", "scenarios")
            for alias in node.names
        ]
        assert [name for name in taken if not name[0].isupper()] == [], path.name


def test_the_audit_calls_no_bill_and_no_valuation() -> None:
    foreign = {"valuation", "productive_share", "interruptions_per_node_hour", "yield_share", "hours_in"}
    foreign |= {"expected_hours_per_month", "relaxed", "first_service_month", "hours_by_hour_of_week"}
    foreign |= {"ramp_share", "minimum_units_per_lot", "minimum_node_hours_per_lot", "price_usd_per_unit"}
    foreign |= {"paid_in", "settled_in", "paid_after", "day_of"}
    foreign |= {"escalated", "price_in", "price_per_unit_in", "units_in"}
    foreign |= {"is_cash", "is_capex", "settle", "settlement_line"}
    foreign |= {"floor_of", "is_changed"}
    for path in AUDIT.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        used |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert not {name for name in used if name.endswith("_bill")}, path.name
        assert not used & foreign, path.name

"""Faults in clauses of price and payment: currency, due days and net days, escalators, most-favoured prices."""

from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.plan import Plan
from tests import builders as make
from tests.audit_clause_plans import APR, clauses_plan
from tests.audit_clauses import AFTER, DEAR, DULL, EURO
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import fault, line_of, on, swap, total, with_terms, without


def repriced(plan: Plan, index: int, price: str) -> Plan:
    """A line at another price, with the amount that follows from it."""
    row = plan.cost_lines[index]
    amount = (row.quantity * Decimal(price)).quantize(Decimal("0.01"))
    return swap(plan, "cost_lines", index, unit_price_usd=usd(price), amount_usd=amount)


# Currency


@fault("inputs.currency", clauses_plan)
def another_rate(plan: Plan) -> Plan:
    return on(plan, exchange_rates=(EURO.model_copy(update={"usd_per_unit": usd("1.26")}),))


@fault("inputs.currency", clauses_plan)
def a_currency_without_a_rate(plan: Plan) -> Plan:
    return on(plan, exchange_rates=())


@fault("inputs.currency", clauses_plan)
def a_currency_with_two_rates(plan: Plan) -> Plan:
    return on(plan, exchange_rates=(EURO, EURO))


@fault("inputs.currency", clauses_plan)
def a_dollar_price_rounded_to_the_cent(plan: Plan) -> Plan:
    """8.001 EUR are 10.00125 USD."""
    return with_terms(plan, "od-a", price_per_node_hour=usd("8.001"))


# Payment


@fault("bill.paid", clauses_plan)
def net_days_forgotten(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.ON_DEMAND_USAGE, MAR, outlook=DULL), paid_month=JAN)


@fault("bill.paid", clauses_plan)
def net_days_from_the_first_of_the_month(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.ON_DEMAND_USAGE, MAR, outlook=DULL), paid_month=FEB)


@fault("bill.paid", clauses_plan)
def in_arrears_where_the_terms_say_in_advance(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.RESERVED_RECURRING, FEB, outlook=DULL), paid_month=MAR)


@fault("bill.paid", clauses_plan)
def net_days_on_what_is_paid_upfront(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.RESERVED_UPFRONT, JAN), paid_month=FEB)


@fault("bill.paid", clauses_plan)
def a_true_up_due_in_advance(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.TAKE_OR_PAY_TRUE_UP, APR, outlook=DULL), paid_month=MAR)


@fault("bill.paid", clauses_plan)
def an_obligation_without_net_days(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.TAKE_OR_PAY_OBLIGATION, APR), paid_month=MAR)


@fault("bill.missing", clauses_plan)
def one_of_two_months_paid_together(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, Nature.ON_DEMAND_USAGE, MAR, outlook=DULL))


@fault("policy.budget", clauses_plan)
def february_paid_in_february(plan: Plan) -> Plan:
    return with_terms(plan, "res-a", net_days=0).model_copy(
        update={
            "cost_lines": tuple(
                row.model_copy(update={"paid_month": row.service_first})
                if row.nature is Nature.RESERVED_RECURRING
                else row
                for row in plan.cost_lines
            )
        }
    )


@fault("totals.cash", clauses_plan)
def cash_by_the_month_of_service(plan: Plan) -> Plan:
    return total(plan, cash_usd=usd("22725.40"))


# Escalators


@fault("bill.price", clauses_plan)
def an_escalator_forgotten(plan: Plan) -> Plan:
    return repriced(plan, line_of(plan, Nature.RESERVED_RECURRING, AFTER, outlook=DEAR), "4.5")


@fault("bill.price", clauses_plan)
def an_escalator_on_what_is_paid_upfront(plan: Plan) -> Plan:
    return repriced(plan, line_of(plan, Nature.RESERVED_UPFRONT, JAN), "1.65")


@fault("bill.price", clauses_plan)
def an_escalator_in_the_twelfth_month(plan: Plan) -> Plan:
    return repriced(plan, line_of(plan, Nature.RESERVED_RECURRING, AFTER + -1, outlook=DEAR), "4.875")


@fault("bill.price", clauses_plan)
def an_obligation_at_the_price_of_the_first_year(plan: Plan) -> Plan:
    return repriced(plan, line_of(plan, Nature.TAKE_OR_PAY_OBLIGATION, AFTER), "5")


# Most-favoured prices


@fault("bill.price", clauses_plan)
def the_most_favoured_price_not_asked_for(plan: Plan) -> Plan:
    return repriced(plan, line_of(plan, Nature.RESERVED_RECURRING, FEB, outlook=DULL), "4.5")


@fault("bill.price", clauses_plan)
def a_most_favoured_price_without_its_upfront_part(plan: Plan) -> Plan:
    return repriced(plan, line_of(plan, Nature.RESERVED_RECURRING, FEB, outlook=DULL), "5")


@fault("bill.price", clauses_plan)
def an_on_demand_price_that_nobody_knows_yet(plan: Plan) -> Plan:
    """A tenth of 10 from March on, half of it, three quarters of that."""
    return repriced(plan, line_of(plan, Nature.RESERVED_RECURRING, APR, outlook=DEAR), "0.375")


@fault("bill.missing", clauses_plan)
def the_same_price_in_all_outlooks(plan: Plan) -> Plan:
    lines = tuple(
        row.model_copy(update={"outlook": None}) if row.nature is Nature.RESERVED_RECURRING else row
        for row in plan.cost_lines
        if (row.nature, row.outlook) != (Nature.RESERVED_RECURRING, DEAR)
    )
    return plan.model_copy(update={"cost_lines": lines})


@fault("inputs.clauses", clauses_plan)
def most_favoured_of_nothing(plan: Plan) -> Plan:
    return with_terms(plan, "res-a", most_favoured_of="od-z")


@fault("inputs.clauses", clauses_plan)
def most_favoured_of_what_is_not_on_demand(plan: Plan) -> Plan:
    return with_terms(plan, "res-a", most_favoured_of="top-a")


@fault("inputs.clauses", clauses_plan)
def most_favoured_of_another_provider(plan: Plan) -> Plan:
    other = make.an_offering("node-b", provider="cloud-b")
    catalog = plan.scenario.catalog.model_copy(update={"offerings": (*plan.scenario.catalog.offerings, other)})
    return with_terms(on(plan, catalog=catalog), "od-a", offering="node-b")

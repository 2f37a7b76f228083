"""Faults in demand that is made of forecasts."""

from datetime import date

from optimizer.plan import Plan
from tests.audit_forecast_plans import forecast_plan
from tests.audit_planting import fault, on


def with_forecast(plan: Plan, **changes: object) -> Plan:
    (row,) = plan.scenario.forecast
    return on(plan, forecast=(row.model_copy(update=changes),))


@fault("inputs.forecasts", forecast_plan)
def another_middle_than_is_planned(plan: Plan) -> Plan:
    return with_forecast(plan, p50=10.1)


@fault("inputs.forecasts", forecast_plan)
def growth_that_is_not_planned(plan: Plan) -> Plan:
    return with_forecast(plan, p50_growth_share_per_month=0.01)


@fault("inputs.forecasts", forecast_plan)
def demand_of_a_model_that_has_left(plan: Plan) -> Plan:
    (dates,) = plan.scenario.model_dates
    return on(plan, model_dates=(dates.model_copy(update={"retirement_date": date(2027, 2, 28)}),))


@fault("inputs.forecasts", forecast_plan)
def demand_of_months_of_which_the_forecast_says_nothing(plan: Plan) -> Plan:
    return with_forecast(plan, p50_growth_share_per_month=None)

"""The small plan worked by hand, its demand said to be forecast."""

from datetime import date
from functools import cache

from optimizer.plan import Plan
from scenarios.forecasts import Forecast, Measure, ModelDates
from tests.audit_lines import JAN
from tests.audit_plans import small_plan
from tests.audit_planting import on


@cache
def forecast_plan() -> Plan:
    """Two months of ten requests a second, stated for the month before and flat since; the model leaves later."""
    plan = small_plan()
    (workload,) = plan.scenario.workloads
    rows = {row.accepted_requests_per_s for row in plan.scenario.demand}
    assert rows == {10.0}
    row = Forecast(
        workload=workload.workload,
        month=JAN + -1,
        measure=Measure.ACCEPTED_REQUESTS_PER_S,
        p10=8.0,
        p50=10.0,
        p90=15.0,
        p50_growth_share_per_month=0.0,
    )
    dates = ModelDates(model=workload.model, retirement_date=date(2027, 3, 1))
    return on(plan, forecast=(row,), model_dates=(dates,))

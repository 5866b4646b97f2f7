"""Cards of the quality page about figures: sums that must agree, prices nobody knows, projections that were made."""

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter

from site_builder.charts.specs import Bar, Line, Rank, Ranking
from site_builder.gather.audit import Audit, Backtest
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table
from site_builder.words import formats, phrases

CHART_ROWS = 10
_SUMS = (
    Column("step", "Step", "int", data_only=True), Column("identity", "Identity"), Column("part", "Of"),
    Column("expected", "Left", "sum"), Column("found", "Right", "sum"), Column("difference", "Difference", "sum"),
)  # fmt: skip
_UNKNOWN = (
    Column("tenant_id", "Id", "name", data_only=True), Column("tenant_name", "Tenant", "name"),
    Column("requests", "Messages", "int"), Column("unrated_requests", "Without a rate", "int"),
    Column("uncosted_requests", "Of unknown cost", "int"), Column("unrated_share", "Without a rate, share", "ratio"),
    Column("unpriced_share", "Of unknown cost, share", "ratio"),
)  # fmt: skip
_BACKTEST = (
    Column("scope", "Budgets of"), Column("day_of_month", "Day", "int"), Column("months", "Months", "int"),
    Column("forecasts", "Projections", "int"), Column("projection_error_pct", "Projection off by", "percent"),
    Column("projection_bias_pct", "Mean error", "percent"), Column("compared", "With a run rate", "int"),
    Column("compared_error_pct", "Of these off by", "percent"),
    Column("run_rate_error_pct", "Run rate off by", "percent"),
    Column("projection_closer", "Projection closer", "int"), Column("run_rate_closer", "Run rate closer", "int"),
    Column("banded", "With a band", "int"), Column("in_band_pct", "Ended in it", "percent"),
)  # fmt: skip


def reconciliation(audit: Audit) -> Card:
    """Sums that must be equal from the logs to the marts."""
    broken = [identity for identity in audit.sums if identity.difference]
    return Card(
        name="reconciliation",
        subject="Reconciliation",
        title=f"{broken[0].identity} does not hold"
        if broken
        else f"All {len(audit.sums)} sums agree to the last digit",
        about="As of the last build",
        table=Table(_SUMS, audit.sums),
        definition="Over all tenants. Data tests hold the same per tenant, day and lot, and block publishing where one "
        "fails.",
        shows_table=True,
        is_empty=not audit.sums,
        is_wide=True,
    )


def unknown_prices(audit: Audit) -> Card:
    """Messages without a rate or a known cost, by tenant."""
    requests, unrated, unpriced = (
        sum(getattr(tenant, name) for tenant in audit.unknown)
        for name in ("requests", "unrated_requests", "uncosted_requests")
    )
    rows = [
        (
            *tenant,
            phrases.share(tenant.unrated_requests, tenant.requests),
            phrases.share(tenant.uncosted_requests, tenant.requests),
        )
        for tenant in audit.unknown
    ]
    charts = []
    for name, label in (("uncosted_requests", "Of unknown cost"), ("unrated_requests", "Without a rate")):
        ordered = sorted(audit.unknown, key=attrgetter(name), reverse=True)[:CHART_ROWS]
        ranks = [_unknown_rank(tenant.tenant_name, getattr(tenant, name), tenant.requests) for tenant in ordered]
        charts.append(Panel(label, [Ranking(f"Messages by tenant: {label.lower()}", "Most first.", ranks)]))
    return Card(
        name="unknown_prices",
        subject="Unknown prices",
        title=f"The cost of {phrases.share_text(unpriced, requests)} of the messages is unknown; "
        f"{phrases.share_text(unrated, requests)} had no rate"
        if unrated or unpriced
        else "Every message has a rate and a known cost",
        about="All dates that reports show",
        table=Table(_UNKNOWN, rows),
        definition="Without a rate: a successful message whose credits nobody gave and whose model has none; it took 0 "
        "credits. Of unknown cost: no source reports it and no price is known; it is missing in every cost, never 0.",
        panels=charts if unrated or unpriced else (),
        is_empty=not (unrated or unpriced),
    )


def _unknown_rank(name: str, count: int, requests: int) -> Rank:
    return Rank(formats.shown_name(name), count, f"{formats.count(count)} · {phrases.share_text(count, requests)}")


def backtest(audit: Audit) -> Card:
    """How good the projections of budgets were."""
    whole = [forecast for forecast in audit.backtest if forecast.day_of_month is None]
    by_day = [forecast for forecast in audit.backtest if forecast.scope == "all" and forecast.day_of_month is not None]
    return Card(
        name="backtest",
        subject="Back-test",
        title=_backtest_title(whole),
        about="Budgeted months that are over, each of their dates but the last",
        table=Table(_BACKTEST, audit.backtest),
        definition="What could be projected as the date ended, from what had landed by then, against what the month "
        "came to: mean absolute error in percent. Run rate: used ÷ days elapsed × days in the month, where anything "
        "was used yet; it is compared with the projections of the same dates. Over all days each month counts once. "
        "The band promises that 80% of the months end in it. Months without usage and dates before any usage was "
        "known are left out.",
        facts=[_scope_fact(scope) for scope in whole if scope.scope != "all"],
        panels=[Panel("", [_backtest_chart(by_day)])] if by_day else (),
        legend=[Key("c1", "projection"), Key("dash", "plain run rate")] if by_day else (),
        is_empty=not by_day,
        is_wide=True,
    )


def _backtest_title(whole: Sequence[Backtest]) -> str:
    if not whole:
        return "No budgeted month is over yet"
    found = whole[0]
    band = "" if found.in_band_pct is None else f"; {formats.percent(found.in_band_pct, 0)} ended in the band"
    months = formats.plural(found.months, "budgeted month")
    return f"Projections of {months} were {_compared(found, 'a plain run rate')}{band}"


def _scope_fact(found: Backtest) -> Fact:
    text = f"{_compared(found, 'run rate')}, {formats.plural(found.months, 'budgeted month')}"
    return Fact(f"{found.scope.capitalize()}s", text)


def _error(found: Backtest) -> float:
    """Of the dates that a run rate is known of, too, where there are any."""
    return found.projection_error_pct if found.compared_error_pct is None else found.compared_error_pct


def _compared(found: Backtest, other: str) -> str:
    """Both of the same dates, where a run rate could be made."""
    run_rate = "" if found.run_rate_error_pct is None else f", {other} {formats.percent(found.run_rate_error_pct)}"
    return f"{formats.percent(_error(found))} off{run_rate}"


def _backtest_chart(by_day: Sequence[Backtest]) -> Line:
    points = [
        Bar(str(day.day_of_month), Decimal(str(round(_error(day), 3))), _exact(day.run_rate_error_pct))
        for day in by_day
    ]
    first = formats.percent(_error(by_day[0]), 0)
    desc = f"Day 1 to {by_day[-1].day_of_month} of the month; the first is {first} off."
    return Line("Mean error by day of the month, %", desc, "%", points)


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, 3)))

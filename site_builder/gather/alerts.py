"""Rows of the cards that watch: budgets as they stood, and what somebody must know."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows

CRITICAL, WARNING = "critical", "warning"


class Budget(NamedTuple):
    """A budget of the month in which a span ends, as it stood as the span's last date ended.

    `used` and `projected` in credits, the band `projected_low`..`projected_high` None where unknown; a `crossed_…_on`
    is None where the threshold had not been reached by then. `department`: of a team, where the directory names one.
    """

    tenant_id: str
    scope: str
    scope_id: str
    scope_name: str
    month: str
    budget: Decimal
    used: Decimal
    used_pct: float
    projected: Decimal
    projected_low: Decimal | None
    projected_high: Decimal | None
    status: str
    crossed_75_on: date | None
    crossed_90_on: date | None
    crossed_100_on: date | None
    is_known_scope: bool
    department: str | None = None


class Alert(NamedTuple):
    """Rows of mart_alert_daily of one tenant, kind, severity and subject within a span, taken together.

    `first_date`..`last_date`, the `days` it stood on; `amount` and `reference` of the last of them; `peak` the highest
    amount, `total` their sum, `total_reference` that of the references, `excess` that of what a runaway item took above
    its own median; None: of another kind, or unknown. currency: of amounts that are money. sentence: what has
    happened, {} in the place of the subject's name and {on} in that of `happens_on`, which it names. is_muted: on all
    of these dates; `muted_by` did it on the last of them, until `muted_until` (None: for good), because of `mute_note`.
    """

    tenant_id: str
    kind: str
    severity: str
    subject_type: str
    subject_id: str
    subject_name: str
    first_date: date
    last_date: date
    days: int
    amount: Decimal
    reference: Decimal | None
    peak: Decimal
    total: Decimal
    total_reference: Decimal | None
    excess: Decimal | None
    currency: str | None
    sentence: str
    happens_on: date | None
    is_muted: bool
    muted_by: str | None
    muted_until: date | None
    mute_note: str | None


SEVERITIES = ("critical", "warning", "notice")
# A balance is short that would not last as long.
_SHORT_DAYS = 7


def over(kind: str, amount: Decimal | None, reference: Decimal | None, excess: Decimal | None) -> Decimal:
    """How many credits an alert is over what it is held against, which alerts are told in the order of; 0: unknown."""
    if excess is not None:
        return excess
    if amount is None:
        return Decimal(0)
    if kind == "overdraft":
        return abs(amount)
    if reference is None:
        return Decimal(0)
    if kind.startswith("budget"):
        return max(amount - reference, Decimal(0))
    return max(_SHORT_DAYS * reference - amount, Decimal(0)) if kind == "balance_short" else Decimal(0)


def count(alerts: Iterable[Alert], severity: str) -> int:
    """How many alerts are of a severity, without those that somebody muted."""
    return sum(alert.severity == severity and not alert.is_muted for alert in alerts)


_BUDGETS = """
    select s.span, m.tenant_id, m.scope, m.scope_id, b.scope_name, m.month, m.budget, m.used, m.used_pct,
        m.projected, m.projected_low, m.projected_high, m.status,
        case when b.crossed_75_on <= m.usage_date then b.crossed_75_on end as crossed_75_on,
        case when b.crossed_90_on <= m.usage_date then b.crossed_90_on end as crossed_90_on,
        case when b.crossed_100_on <= m.usage_date then b.crossed_100_on end as crossed_100_on, b.is_known_scope,
        d.department
    from wanted_spans as s
    inner join scope_tenants as t on t.scope = s.scope
    inner join marts.mart_budget_daily as m on m.tenant_id = t.tenant_id and m.usage_date = s.last
    inner join marts.mart_budget_status as b
        on b.tenant_id = m.tenant_id and b.scope = m.scope and b.scope_id = m.scope_id and b.month = m.month
    left join shown_dim_teams as d
        on m.scope = 'team' and d.month = s.month and d.tenant_id = m.tenant_id and d.team_id = m.scope_id
    where s.is_report
    order by s.span, m.used_pct desc, m.tenant_id,
        case m.scope when 'tenant' then 1 when 'team' then 2 when 'project' then 3 else 4 end, m.scope_id
"""

# What stands for a month is told as of the period's last date only; anything else, on each of its dates.
# What is muted comes last, then the largest excess first. The publisher's own are on the pages of all tenants alone.
_ALERTS = """
    with every as (
        select *, false as is_publishers from marts.mart_alert_daily
        union all by name
        select *, true as is_publishers from marts.mart_publisher_alert_daily
    )
    select s.span, m.tenant_id, m.kind, m.severity, m.subject_type, m.subject_id,
        any_value(m.subject_name) as subject_name, min(m.usage_date) as first_date, max(m.usage_date) as last_date,
        count(*) as days, max_by(m.amount, m.usage_date) as amount, max_by(m.reference, m.usage_date) as reference,
        max(m.amount) as peak, sum(m.amount) as total, sum(m.reference) as total_reference, sum(m.excess) as excess,
        any_value(m.currency) as currency, any_value(k.sentence) as sentence,
        max_by(m.happens_on, m.usage_date) as happens_on, count(*) = count(m.muted_by) as is_muted,
        arg_max_null(m.muted_by, m.usage_date) as muted_by, arg_max_null(m.muted_until, m.usage_date) as muted_until,
        arg_max_null(m.mute_note, m.usage_date) as mute_note
    from span_days as s
    inner join every as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    inner join marts.dim_alert_kinds as k on k.kind = m.kind
    inner join wanted_spans as w on w.span = s.span
    where s.is_report and (w.is_all or not m.is_publishers)
        and (m.usage_date = w.last or not (k.is_standing and k.recurs_by = 'month'))
    group by s.span, m.tenant_id, m.kind, m.severity, m.subject_type, m.subject_id
    order by s.span, is_muted, case m.severity when 'critical' then 1 when 'warning' then 2 else 3 end,
        m.subject_type <> 'tenant', sum(m.excess) desc nulls last, max(m.usage_date) desc, m.kind, m.tenant_id,
        m.subject_type, m.subject_id
"""

ROWS = (
    Rows("budgets", Budget, _BUDGETS),
    Rows("alerts", Alert, _ALERTS),
)

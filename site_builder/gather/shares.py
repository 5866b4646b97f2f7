"""Rows of the cards that divide a period's credits: by tier, project and item, and by tenant and model."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows

# Dates without use after which mart_idle_assistants has an assistant: four weeks, so that a holiday alone names none.
IDLE_DAYS = 28


class Tier(NamedTuple):
    """Sums over a span by the tier that a model had on each day; `models` counts the named ones."""

    tier: str
    models: int
    requests: int
    total_tokens: int
    credits: Decimal


class Project(NamedTuple):
    """Sums over a span by project."""

    tenant_id: str
    project_id: str
    requests: int
    runs: int
    total_tokens: int
    credits: Decimal


class ItemUse(NamedTuple):
    """Sums over a span by item of any type; `runaway_days` counts the dates on which it was a runaway item.

    `runaway_excess` is what it took above its own median on these dates; None: on none, or unknown.
    """

    tenant_id: str
    item_id: str
    item_name: str
    item_type: str
    runs: int
    requests: int
    calls: int
    total_tokens: int
    credits: Decimal
    runaway_days: int
    runaway_excess: Decimal | None


class IdleItem(NamedTuple):
    """An assistant that nobody used in the last IDLE_DAYS dates of a span; `last_used_on` None: nobody ever did."""

    tenant_id: str
    item_id: str
    item_name: str
    last_used_on: date | None
    unused_days: int


class ModelUse(NamedTuple):
    """Sums over a span by tenant and model; `activity` is messages, runs and calls."""

    tenant_id: str
    model_id: str
    model_name: str
    activity: int
    credits: Decimal


_TIERS = """
    select s.span, m.tier, count(distinct m.model_id) filter (where m.model_id <> '(none)') as models,
        sum(m.requests) as requests, sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_model_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.tier
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.tier
"""

_PROJECTS = """
    select s.span, m.tenant_id, m.project_id, sum(m.requests) as requests, sum(m.runs) as runs,
        sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_project_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.tenant_id, m.project_id
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.project_id, m.tenant_id
"""

_ITEM_USES = """
    select s.span, m.tenant_id, m.item_id, coalesce(any_value(d.item_name), m.item_id) as item_name,
        any_value(m.item_type) as item_type, sum(m.runs) as runs, sum(m.requests) as requests, sum(m.calls) as calls,
        sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits,
        count(*) filter (where m.is_runaway) as runaway_days, sum(m.runaway_excess) as runaway_excess
    from span_days as s
    inner join marts.mart_item_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join shown_dim_items as d on d.month = s.month and d.tenant_id = m.tenant_id and d.item_id = m.item_id
    where m.item_id <> '(none)'
    group by s.span, m.tenant_id, m.item_id
    order by s.span, sum(m.credits) desc, sum(m.runs) desc, m.item_id, m.tenant_id
"""

# As of the span's last date: what was used or built later must not change a report of before.
_IDLE_ITEMS = """
    with spans as (
        select span, month, tenant_id, max(usage_date) as last
        from span_days
        where is_report
        group by span, month, tenant_id
    )
    select s.span, m.tenant_id, m.item_id, coalesce(i.item_name, m.item_id) as item_name, m.last_used_on,
        s.last - m.unused_since as unused_days
    from spans as s
    inner join shown_mart_idle_assistants as m
        on m.month = s.month and m.tenant_id = s.tenant_id
        and s.last between m.idle_from and coalesce(m.idle_through, s.last)
    left join shown_dim_items as i on i.month = s.month and i.tenant_id = m.tenant_id and i.item_id = m.item_id
    order by s.span, unused_days desc, m.item_id, m.tenant_id
"""

_MODEL_USES = """
    select s.span, m.tenant_id, m.model_id, coalesce(any_value(d.model_name), m.model_id) as model_name,
        sum(m.requests + m.runs + m.calls) as activity, sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_model_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join shown_dim_models as d on d.month = s.month and d.model_id = m.model_id
    group by s.span, m.tenant_id, m.model_id
    order by s.span, sum(m.credits) desc, sum(m.requests) desc, m.model_id, m.tenant_id
"""

ROWS = (
    Rows("tiers", Tier, _TIERS),
    Rows("projects", Project, _PROJECTS),
    Rows("item_uses", ItemUse, _ITEM_USES),
    Rows("model_uses", ModelUse, _MODEL_USES),
    Rows("idle_items", IdleItem, _IDLE_ITEMS),
)

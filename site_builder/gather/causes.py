"""Rows that say who or what changed the credits: by item, team and user, and the one-offs among them."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows

ITEM, TEAM, USER, MODEL = "item", "team", "user", "model"


class Use(NamedTuple):
    """Sums over a span by what a `dimension` (item, team or user) names; `activity` is messages, runs and calls.

    Each dimension has a row for what names none (key `(none)`), so that it adds up to the whole.
    """

    dimension: str
    tenant_id: str
    key: str
    name: str
    activity: int
    credits: Decimal


class Runaway(NamedTuple):
    """A date on which an item ran away: its `credits`, and what of them was above its own median (`excess`)."""

    tenant_id: str
    item_id: str
    item_name: str
    usage_date: date
    credits: Decimal
    excess: Decimal | None


class RunawayPart(NamedTuple):
    """What of a runaway date went by a model, team or user; each dimension adds up to the date."""

    tenant_id: str
    item_id: str
    usage_date: date
    dimension: str
    key: str
    activity: int
    credits: Decimal


def _uses_of(dimension: str) -> str:
    return f"""
    select s.span, '{dimension}' as dimension, m.tenant_id, m.{dimension}_id as key,
        coalesce(any_value(d.{dimension}_name), m.{dimension}_id) as name,
        sum(m.requests + m.runs + m.calls) as activity, sum(m.credits) as credits
    from span_days as s
    inner join marts.mart_{dimension}_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join shown_dim_{dimension}s as d
        on d.month = s.month and d.tenant_id = m.tenant_id and d.{dimension}_id = m.{dimension}_id
    group by s.span, m.tenant_id, m.{dimension}_id"""


_USES = f"""
    {" union all ".join(map(_uses_of, (ITEM, TEAM, USER)))}
    order by span, dimension, credits desc, activity desc, key, tenant_id
"""

_RUNAWAYS = """
    select s.span, m.tenant_id, m.item_id, coalesce(d.item_name, m.item_id) as item_name, m.usage_date, m.credits,
        m.runaway_excess as excess
    from span_days as s
    inner join marts.mart_item_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    left join shown_dim_items as d on d.month = s.month and d.tenant_id = m.tenant_id and d.item_id = m.item_id
    where m.is_runaway
    order by s.span, m.runaway_excess desc nulls last, m.usage_date, m.item_id, m.tenant_id
"""

_RUNAWAY_PARTS = f"""
    with used as (
        select m.*
        from marts.mart_usage_daily as m
        semi join marts.mart_item_daily as i
            on i.tenant_id = m.tenant_id and i.usage_date = m.usage_date and i.item_id = m.item_id and i.is_runaway
        semi join span_days as s on s.tenant_id = m.tenant_id and s.usage_date = m.usage_date
    ),
    parts as (
        select tenant_id, item_id, usage_date,
            case when grouping(model_id) = 0 then '{MODEL}' when grouping(team_id) = 0 then '{TEAM}'
                when grouping(user_id) = 0 then '{USER}' else '{ITEM}' end as dimension,
            coalesce(model_id, team_id, user_id, item_id) as key,
            sum(requests + runs + calls) as activity, sum(credits) as credits
        from used
        group by grouping sets (
            (tenant_id, item_id, usage_date), (tenant_id, item_id, usage_date, model_id),
            (tenant_id, item_id, usage_date, team_id), (tenant_id, item_id, usage_date, user_id)
        )
    )
    select s.span, p.*
    from span_days as s
    inner join parts as p on p.tenant_id = s.tenant_id and p.usage_date = s.usage_date
    order by s.span, p.tenant_id, p.item_id, p.usage_date, p.dimension, p.credits desc, p.activity desc, p.key
"""

ROWS = (
    Rows("uses", Use, _USES),
    Rows("runaways", Runaway, _RUNAWAYS),
    Rows("runaway_parts", RunawayPart, _RUNAWAY_PARTS),
)

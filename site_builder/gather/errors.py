"""Rows of the errors card: failed messages by kind, model, item and date."""

from typing import NamedTuple

from site_builder.gather.rows import DATE_OR_MONTH, Rows

# What errors are broken down by, beside date or month.
TYPE, MODEL, ITEM = "type", "model", "item"


class Failure(NamedTuple):
    """Failed messages of a span; breakdown: a constant above, date or month; key: what of it."""

    breakdown: str
    tenant_id: str | None
    key: str
    name: str | None
    errors: int


_FAILURES = f"""
    with spread as (
        select s.span, m.tenant_id, m.error_type, m.model_id, m.item_id, m.errors, {DATE_OR_MONTH} as place
        from span_days as s
        inner join wanted_spans as w on w.span = s.span
        inner join marts.mart_error_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    ),
    failures as (
        select span,
            case when grouping(error_type) = 0 then 'type' when grouping(model_id) = 0 then 'model'
                when grouping(item_id) = 0 then 'item' when length(place) = 10 then 'date' else 'month' end
                as breakdown,
            tenant_id, coalesce(error_type, model_id, item_id, place) as key, sum(errors) as errors
        from spread
        group by grouping sets ((span, error_type), (span, model_id), (span, tenant_id, item_id), (span, place))
    )
    select f.span, f.breakdown, f.tenant_id, f.key, coalesce(m.model_name, i.item_name) as name, f.errors
    from failures as f
    inner join wanted_spans as w on w.span = f.span
    left join shown_dim_models as m on f.breakdown = 'model' and m.month = w.month and m.model_id = f.key
    left join shown_dim_items as i
        on f.breakdown = 'item' and i.month = w.month and i.tenant_id = f.tenant_id and i.item_id = f.key
    order by f.span, f.breakdown, f.errors desc, f.key, f.tenant_id
"""

ROWS = (Rows("failures", Failure, _FAILURES),)

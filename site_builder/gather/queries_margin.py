"""Query of the margin card, over the dates that `queries` has laid out: for whole months of all tenants together."""

from site_builder.gather import margin

_MARGINS = f"""
    select s.span, {", ".join(f"m.{name}" for name in margin.Margin._fields)}
    from span_days as s
    inner join wanted_spans as w on w.span = s.span
    inner join marts.mart_margin_monthly as m
        on m.tenant_id = s.tenant_id and m.month = strftime(s.usage_date, '%Y-%m')
    where s.is_report and w.is_all and s.usage_date = w.last and w.first = date_trunc('month', w.last)
        and w.last = last_day(w.last)
    order by s.span, m.margin_usd desc nulls last, m.tenant_id, m.model_id
"""

LISTS: tuple[tuple[str, type, str], ...] = (("margins", margin.Margin, _MARGINS),)

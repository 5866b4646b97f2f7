"""Queries of the balance and statement cards, over the dates that `queries` has laid out."""

from site_builder.gather import ledger

_POOLS = """
    select s.span, m.tenant_id, m.pool, arg_min(m.opening, m.usage_date), sum(m.granted), sum(m.spent),
        sum(m.withdrawn), sum(m.expired), arg_max(m.closing, m.usage_date)
    from span_days as s
    inner join marts.mart_credit_balance_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    group by s.span, m.tenant_id, m.pool
    order by s.span, m.tenant_id, list_position(['plan', 'promo', 'topup', 'overdraft'], m.pool)
"""

_STANDINGS = """
    select s.span, m.usage_date, sum(m.closing) filter (where m.pool <> 'overdraft'),
        sum(m.closing) filter (where m.pool = 'overdraft')
    from span_days as s
    inner join marts.mart_credit_balance_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    group by s.span, m.usage_date
    order by s.span, m.usage_date
"""

_ENTRIES = f"""
    select s.span, {", ".join(f"m.{name}" for name in ledger.Entry._fields)}
    from span_days as s
    inner join marts.mart_credit_statement as m on m.tenant_id = s.tenant_id and m.entry_date = s.usage_date
    where s.is_report
    order by s.span, m.tenant_id, m.entry_no
"""

_TERMS = """
    select distinct s.span, t.tenant_id, t.burn_order, t.next_billing_date
    from span_days as s
    inner join marts.dim_tenants as t on t.tenant_id = s.tenant_id
    where s.is_report
    order by s.span, t.tenant_id
"""

LISTS: tuple[tuple[str, type, str], ...] = (
    ("pools", ledger.PoolMove, _POOLS), ("standings", ledger.Standing, _STANDINGS),
    ("entries", ledger.Entry, _ENTRIES), ("terms", ledger.Terms, _TERMS),
)  # fmt: skip

"""Query of the invoices card, over the dates that `queries` has laid out: an invoice is shown where its period ends."""

from site_builder.gather import invoices

_INVOICES = f"""
    select s.span, {", ".join(f"m.{name}" for name in invoices.Invoice._fields)}
    from span_days as s
    inner join marts.mart_invoice_reconciliation as m on m.tenant_id = s.tenant_id and m.period_end - 1 = s.usage_date
    where s.is_report
    order by s.span, m.tenant_id, m.period_start, m.invoice_id
"""

LISTS: tuple[tuple[str, type, str], ...] = (("invoices", invoices.Invoice, _INVOICES),)

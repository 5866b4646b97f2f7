"""Invoices whose period ends in the report's, beside what was metered for them, and why they differ."""

from collections.abc import Sequence
from decimal import Decimal

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.invoices import Invoice
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Key, Panel, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "invoices"
CHART_ROWS = 12
_CAUSES = {
    "late_usage": "Late usage", "restated_usage": "Restated usage", "unrated_usage": "Unrated usage",
    "price_difference": "Price difference", "rounding": "Rounding", "unexplained": "Unexplained",
}  # fmt: skip
_STATUS = {
    "matched": "matches", "over_billed": "over-billed", "under_billed": "under-billed", "no_usage": "no usage",
    None: "cannot be compared",
}  # fmt: skip
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("invoice_id", "Invoice", "name"), Column("issued_on", "Issued"),
    Column("period_start", "From"), Column("period_end", "Before"), Column("invoiced_amount", "Amount", "amount"),
    Column("currency", "Currency"), Column("invoiced_credits", "Credits invoiced", "amount"),
    Column("metered_credits", "Credits metered", "amount"),
    Column("purchased_credits", "Credits purchased", "amount"),
    Column("difference_credits", "Credits too many", "amount"),
    Column("difference_amount", "Amount too high", "amount"), Column("status", "Status", "figure"),
    *(Column(f"{cause}_credits", f"{label}, credits", "amount")
      for cause, label in _CAUSES.items() if cause != "price_difference"),
    *(Column(f"{cause}_amount", f"{label}, amount", "amount") for cause, label in _CAUSES.items()),
    Column("unrated_bound_credits", "Unrated at most, credits", "amount"),
    Column("unrated_bound_amount", "Unrated at most, amount", "amount"),
    Column("unrated_requests", "Unrated messages", "int"), Column("overlapping_invoices", "Overlapping", "int"),
    Column("tax_amount", "Tax", "amount"), Column("due_on", "Due"), Column("paid_amount", "Paid", "amount"),
    Column("open_amount", "Open", "amount"), Column("charged_twice_credits", "Charged twice, credits", "amount"),
    Column("charged_twice_amount", "Charged twice, amount", "amount"),
    Column("charged_twice_bound_credits", "Charged twice at most, credits", "amount"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    invoices = view.now.invoices
    return Card(
        name=NAME,
        subject="Invoices",
        title=_title(invoices),
        about=phrases.about(view),
        table=Table(_COLUMNS, invoices),
        definition="Invoices whose period ends in this one, net of credit notes, with the credits of usage on its "
        "local dates; one that bills grants of credits is compared with these. Late usage landed after the invoice and "
        "the end of its period, restated usage was changed by a later revision; a price difference is an amount that "
        "is not the invoiced credits at their price; rounding is up to a hundredth of a credit and the currency's "
        "smallest unit. What no evidence explains is unexplained; messages without a rate are metered at 0, and could "
        "explain at most what they would cost at the period's highest rates. Open: amount and tax less what was paid. "
        "Charged twice: usage that the invoice bills though credits bought before had paid for it, for certain what "
        "exceeds the usage that nothing had paid for. "
        "Credits of the platform's jobs are no usage.",
        facts=_facts(invoices),
        panels=[Panel("", [_chart(view)])] if invoices else (),
        legend=[Key("c1", "matches"), Key("mark", "differs")] if any(map(_differs, invoices)) else (),
        is_empty=not invoices,
    )


def _differs(invoice: Invoice) -> bool:
    return invoice.status not in ("matched", None)


def _off(invoice: Invoice) -> str:
    """By how much an invoice differs, in money where that is known."""
    if invoice.difference_amount is not None:
        return formats.money(abs(invoice.difference_amount), invoice.currency)
    if invoice.difference_credits is not None:
        return f"{formats.amount(abs(invoice.difference_credits))} credits"
    return "an unknown amount"


def _title(invoices: Sequence[Invoice]) -> str:
    if not invoices:
        return "No invoice's period ends here"
    differing = [invoice for invoice in invoices if _differs(invoice)]
    unknown = sum(invoice.status is None for invoice in invoices)
    if len(differing) == 1:
        invoice = differing[0]
        what = f"{phrases.in_text(invoice.invoice_id)} is {_STATUS[invoice.status]} by {_off(invoice)}"
        if invoice.status == "no_usage":
            what = f"{phrases.in_text(invoice.invoice_id)} bills {_off(invoice)} for dates without usage"
        return what if len(invoices) == 1 else f"{what}, of {len(invoices)} invoices"
    if differing:
        return f"{len(differing)} of {len(invoices)} invoices differ from {_compared_with(invoices)}"
    if unknown:
        count = formats.plural(len(invoices), "invoice")
        return f"{unknown} of {count} cannot be compared with {_compared_with(invoices)}"
    twice = [invoice for invoice in invoices if invoice.charged_twice_credits]
    if twice:
        named = f"{phrases.in_text(twice[0].invoice_id)} bills" if len(twice) == 1 else f"{len(twice)} invoices bill"
        return f"{named} usage that credits bought before had paid for"
    if len(invoices) == 1:
        return f"{phrases.in_text(invoices[0].invoice_id)} matches {_compared_with(invoices)}"
    return f"All {len(invoices)} invoices match {_compared_with(invoices)}"


def _compared_with(invoices: Sequence[Invoice]) -> str:
    """An invoice that grants name bills what was purchased, usage or not."""
    purchased = [invoice for invoice in invoices if invoice.purchased_credits]
    if not purchased:
        return "what was metered"
    only = len(purchased) == len(invoices) and not any(invoice.metered_credits for invoice in invoices)
    return "what was purchased" if only else "what was metered and purchased"


def _facts(invoices: Sequence[Invoice]) -> list[Fact]:
    """For each cause, the invoices that it makes differ, by how many credits or, of a price, how much money."""
    facts = []
    for cause, label in _CAUSES.items():
        unit = "amount" if cause == "price_difference" else "credits"
        found = [
            f"{_value_text(value, invoice.currency if unit == 'amount' else None)} "
            f"({phrases.in_text(invoice.invoice_id)})"
            for invoice in invoices
            if _differs(invoice) and (value := getattr(invoice, f"{cause}_{unit}"))
        ]
        if found and cause != "rounding":
            facts.append(Fact(label, _listed(found)))
    bounds = [
        f"at most {formats.amount(invoice.unrated_bound_credits)} credits ({phrases.in_text(invoice.invoice_id)})"
        for invoice in invoices
        if _differs(invoice) and invoice.unrated_bound_credits
    ]
    if bounds:
        facts.append(Fact("Unrated messages could explain", _listed(bounds)))
    facts += _twice(invoices)
    unpaid = [
        f"{formats.money(invoice.open_amount, invoice.currency)} ({phrases.in_text(invoice.invoice_id)})"
        for invoice in invoices
        if invoice.open_amount is not None and invoice.open_amount > 0
    ]
    if unpaid:
        facts.append(Fact("Open", _listed(unpaid)))
    return facts


def _value_text(value: Decimal, currency: str | None) -> str:
    return formats.money(value, currency) if currency else f"{formats.amount(value)} credits"


def _twice(invoices: Sequence[Invoice]) -> list[Fact]:
    """What is charged twice for certain, and what could be of invoices that do not say what they bill."""
    certain = [
        f"{formats.amount(invoice.charged_twice_credits)} credits ({phrases.in_text(invoice.invoice_id)})"
        for invoice in invoices
        if invoice.charged_twice_credits
    ]
    maybe = [
        f"at most {formats.amount(invoice.charged_twice_bound_credits)} credits ({phrases.in_text(invoice.invoice_id)})"
        for invoice in invoices
        if invoice.charged_twice_bound_credits and not invoice.charged_twice_credits
    ]
    facts = [Fact("Charged twice", _listed(certain))] if certain else []
    return [*facts, Fact("Could be charged twice", _listed(maybe))] if maybe else facts


def _listed(texts: Sequence[str]) -> str:
    return phrases.joined([*texts[:3], *([f"{len(texts) - 3} more"] if len(texts) > 3 else [])])


def _chart(view: View) -> Ranking:
    # What differs comes first, so that it is never among the rows that a chart leaves out.
    shown = sorted(view.now.invoices, key=lambda invoice: not _differs(invoice))[:CHART_ROWS]
    ranks = [
        Rank(
            formats.shown_name(invoice.invoice_id),
            max(_billed(invoice), ZERO),
            _text(invoice),
            phrases.tenant_note(view, invoice.tenant_id) or _span_text(invoice),
            "mark" if _differs(invoice) else "c1",
        )
        for invoice in shown
    ]
    count = formats.plural(len(view.now.invoices), "invoice")
    return Ranking("Credits invoiced", f"{count}, those that differ first.", ranks)


def _billed(invoice: Invoice) -> Decimal:
    """The credits invoiced, by the amount where none are named; those metered where nobody can tell."""
    return invoice.metered_credits + (invoice.difference_credits or ZERO)


def _text(invoice: Invoice) -> str:
    if invoice.difference_credits is None:
        return f"{formats.amount(invoice.metered_credits)} metered"
    if not _differs(invoice):
        return formats.amount(_billed(invoice))
    sign = formats.MINUS if invoice.difference_credits < 0 else "+"
    return f"{formats.amount(_billed(invoice))} ({sign}{formats.amount(abs(invoice.difference_credits))})"


def _span_text(invoice: Invoice) -> str:
    return periods.range_text(periods.Span(invoice.period_start, invoice.period_end - periods.ONE_DAY))

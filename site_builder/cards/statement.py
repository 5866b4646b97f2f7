"""The credit account line by line: what came, was used, taken back and expired, and what was paid for it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from site_builder.cards import line_spend, money
from site_builder.cards.line_spend import Line
from site_builder.charts.specs import Rank, Ranking
from site_builder.files import urls
from site_builder.gather.ledger import Entry
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table, Value
from site_builder.planning.periods import BILLING, DAILY, MONTHLY, Period
from site_builder.words import formats, phrases

NAME = "statement"
PAGE_LINES = 700
CHART_ROWS = 8
SPEND = "spend"
BURN_ORDERS = {
    "expiry": "earliest expiry first, then plan, promotion, top-up, then the oldest",
    "pool": "plan, then promotion, then top-up, each by earliest expiry, then the oldest",
    "age": "the oldest first",
}
_MONEY = {
    "plan_grant": "Plan", "topup": "Top-ups", "auto_recharge": "Auto-recharges", "promo_grant": "Promotions",
    "refund": "Refunds", "adjustment": "Adjustments", "invoice": "Invoiced", "payment": "Paid",
}  # fmt: skip


class Account(NamedTuple):
    """A tenant's lines between its opening and its closing balance, in credits."""

    tenant_id: str
    opening: Decimal
    lines: list[Line]
    closing: Decimal


def build(view: View) -> Card:
    """The card of one report."""
    accounts = _accounts(view)
    columns, lines = _columns(view), list(_rows(view, accounts))
    page = lines
    # What a daily page shows it for is what came in and went out beside usage.
    if len(lines) > PAGE_LINES or view.period.edition == DAILY:
        page = list(_rows(view, [account._replace(lines=list(by_date(account.lines))) for account in accounts]))
    return Card(
        name=NAME,
        subject="Credit statement",
        title=_title(view),
        about=phrases.about(view),
        table=Table(columns, lines),
        page_table=Table(columns, page[:PAGE_LINES]),
        definition="Every line that moves credits or money, in the ledger's order: of a date, expiries, grants (what "
        "they pay off of an overdraft first), negative refunds and adjustments, usage by model, jobs, then invoices "
        "and payments, which move no credits. Where several pools pay, each has a line; quantity, unit price and money "
        "stand on the first. Unit price: credits per event (message, run or call) or run of a job on average; money "
        "per credit of what was granted or billed. Credits add up from the opening to the closing line. "
        f"{money.DEFINITION} Jobs have none. The lines add up to the spend of the period.",
        facts=_facts(view),
        panels=_panels(view.now.entries),
        note=_note(view, accounts, is_cut=len(page) < len(lines)),
        is_empty=not lines,
        is_wide=True,
        pdf=urls.STATEMENT_PDF if lines and not view.scope.is_all and _has_print(view.period) else "",
    )


def _has_print(period: Period) -> bool:
    return period.edition == MONTHLY or (period.edition == BILLING and not period.to_date)


def _columns(view: View) -> tuple[Column, ...]:
    hidden = not view.scope.is_all
    return (
        Column("entry_date", "Date"), Column("tenant_id", "Tenant", "name", data_only=hidden),
        Column("entry_no", "No.", "int", data_only=True), Column("entry_type", "Entry"),
        Column("kind", "Kind", data_only=True), Column("description", "What", "name"), Column("pool", "Pool"),
        Column("model_id", "Model", "name", data_only=True), Column("job_id", "Job", "name", data_only=True),
        Column("billing_id", "Billing event", "name", data_only=True), Column("quantity", "Quantity", "exact"),
        Column("quantity_unit", "Of"), Column("unit_price", "Unit price", "exact"), Column("unit_price_unit", "In"),
        Column("credits", "Credits", "exact"), *line_spend.columns(view), Column("amount", "Money", "exact"),
        Column("tax_amount", "Tax", "exact"), Column("currency", "Currency"),
        Column("balance_after", "Balance", "exact"), Column("invoice_id", "Invoice", "name"),
        Column("period_start", "Period from"), Column("period_end", "Before"), Column("due_on", "Due"),
    )  # fmt: skip


def _accounts(view: View) -> list[Account]:
    """Each tenant's lines, of those that have a ledger."""
    found = []
    for tenant_id, pools in groupby(view.now.pools, key=lambda move: move.tenant_id):
        rows = list(pools)
        opening, closing = (sum((getattr(row, name) for row in rows), ZERO) for name in ("opening", "closing"))
        found.append(Account(tenant_id, opening, line_spend.lines(view, tenant_id, opening), closing))
    return found


def _rows(view: View, accounts: Sequence[Account]) -> Iterator[tuple[Value, ...]]:
    """Each tenant's lines between one of its opening and one of its closing balance."""
    for account in accounts:
        yield _balance(account.tenant_id, "opening", "Opening balance", account.opening)
        for line in account.lines:
            entry = line.entry
            yield (
                entry.entry_date, entry.tenant_id, entry.entry_no, *entry[3:11], entry.quantity_unit,
                entry.unit_price, entry.unit_price_unit, entry.credits, *line_spend.cells(view, line), entry.amount,
                entry.tax_amount, entry.currency, entry.balance_after, entry.invoice_id, entry.period_start,
                entry.period_end, entry.due_on,
            )  # fmt: skip
        yield _balance(account.tenant_id, "closing", "Closing balance", account.closing)


def _balance(tenant_id: str, entry_type: str, words: str, balance: Decimal) -> tuple[Value, ...]:
    return (None, tenant_id, None, entry_type, None, words, *[None] * 15, balance, *[None] * 4)


def by_date(lines: Sequence[Line]) -> Iterator[Line]:
    """Runs of spend from one pool on one date as one line each, the others as they are."""

    def place(line: Line) -> tuple[Value, ...]:
        entry = line.entry
        is_spend = entry.entry_type == SPEND and entry.entry_no is not None
        return (entry.tenant_id, entry.entry_date, entry.pool) if is_spend else (id(line),)

    for _, run in groupby(lines, key=place):
        found = list(run)
        last = found[-1]
        if len(found) > 1:
            words = f"{formats.plural(len(found), 'line')} of usage and jobs"
            credits = sum((line.entry.credits for line in found), ZERO)
            entry = last.entry._replace(
                description=words, quantity=None, quantity_unit=None, unit_price=None, unit_price_unit=None,
                credits=credits,
            )  # fmt: skip
            last = Line(entry, *line_spend.summed(found))
        yield last


def _note(view: View, accounts: Sequence[Account], is_cut: bool) -> str:
    said = []
    if is_cut:
        said.append("Usage and jobs are added up by date and pool here; the CSV has every line.")
    if any(line_spend.lacks_spend(account.lines) for account in accounts):
        said.append("What lines cost in months that were closed before it was kept is not known.")
    return " ".join(filter(None, [*said, money.note(view)]))


def _facts(view: View) -> list[Fact]:
    if not view.now.pools:
        return []
    facts = [
        Fact(label, f"{formats.amount(sum((getattr(move, name) for move in view.now.pools), ZERO))} credits")
        for label, name in (("Opening", "opening"), ("Used", "spent"), ("Closing", "closing"))
    ]
    if view.currency:
        spent = money.whole(view, view.now.spends).amount
        known = formats.NONE_TEXT if spent is None else formats.money(spent, view.currency)
        facts.insert(2, Fact("Spend", known))
    paid = [
        formats.money(amount, currency) for (kind, currency), amount in _money(view.now.entries) if kind == "payment"
    ]
    bought = [formats.money(amount, currency) for currency, amount in _bought(view.now.entries).items()]
    facts.append(Fact("Bought", phrases.joined(bought) or "nothing"))
    facts.append(Fact("Invoices paid", phrases.joined(paid) or "none"))
    orders = {terms.burn_order for terms in view.now.terms}
    words = BURN_ORDERS[orders.pop()] if len(orders) == 1 else "each tenant's own"
    return [*facts, Fact("Used in this order", f"priority where a grant has one, {words}")]


def _money(entries: Sequence[Entry]) -> list[tuple[tuple[str, str], Decimal]]:
    """Money by kind and currency, kinds in the order of their names here."""
    found: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        if entry.amount and entry.currency:
            key = entry.kind, entry.currency
            found[key] = found.get(key, ZERO) + entry.amount
    return sorted(found.items(), key=lambda item: (item[0][1], list(_MONEY).index(item[0][0])))


def _bought(entries: Sequence[Entry]) -> dict[str, Decimal]:
    """Money of grants by currency, refunds and adjustments of either sign included."""
    found: dict[str, Decimal] = {}
    for (kind, currency), amount in _money(entries):
        if kind not in ("invoice", "payment"):
            found[currency] = found.get(currency, ZERO) + amount
    return found


def _exact(amount: Decimal) -> str:
    return formats.grouped(amount, 2)


def _panels(entries: Sequence[Entry]) -> list[Panel]:
    used: dict[str, Decimal] = {}
    for entry in entries:
        if entry.entry_type == SPEND:
            used[entry.description] = used.get(entry.description, ZERO) - entry.credits
    ranked = sorted(used.items(), key=lambda item: (-item[1], item[0]))
    ranks = [Rank(formats.shown_name(name), credits, formats.amount(credits)) for name, credits in ranked[:CHART_ROWS]]
    rest = sum((credits for _, credits in ranked[CHART_ROWS:]), ZERO)
    if rest:
        ranks.append(Rank(f"{len(ranked) - CHART_ROWS} others", rest, formats.amount(rest), "", "c4"))
    panels = [Panel("Used", [Ranking("Credits used", "By model and job, most first.", ranks)])] if ranks else []
    moved, charts = _money(entries), []
    for currency in sorted({currency for (_, currency), _ in moved}):
        rows = [Rank(_MONEY[kind], abs(amount), _exact(amount)) for (kind, of), amount in moved if of == currency]
        charts.append(Ranking(f"Money in {currency}", "By kind.", rows))
    panels += [Panel("Paid", charts)] if charts else []
    return panels


def _title(view: View) -> str:
    if not view.now.pools:
        return "The account has no lines yet"
    came = sum((move.granted for move in view.now.pools), ZERO)
    spent, gone = (sum((getattr(move, name) for move in view.now.pools), ZERO) for name in ("spent", "expired"))
    expired = f" and {formats.amount(gone)} expired" if gone else ""
    return f"{formats.amount(came)} credits came in, {formats.amount(spent)} were used{expired}"

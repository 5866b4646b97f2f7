"""Cards of the quality page about closing: what keeps months from it, who closed and reopened which, and why."""

from collections import Counter
from collections.abc import Sequence

from site_builder.gather.audit import Audit, ClosingBlocker
from site_builder.pages.elements import Card, Column, Fact, Table, Value
from site_builder.words import formats, phrases

_CLOSINGS = (
    Column("month", "Month"), Column("action", "Action"), Column("by_name", "By", "name"),
    Column("note", "Note", "words"), Column("accepted", "Accepted", "words"),
    Column("last_landing_date", "Landed until"), Column("entry_no", "No.", "int"),
)  # fmt: skip
_BLOCKERS = (
    Column("month", "Month"), Column("kind", "What", "figure"), Column("tenant_id", "Tenant", "name"),
    Column("subject_id", "Invoice or model", "name"), Column("status", "Status", "figure"),
    Column("currency", "Currency"), Column("amount", "Amount", "exact"), Column("credits", "Credits", "exact"),
    Column("unpriced", "Without a cost", "int"), Column("requests", "Requests", "int", data_only=True),
    Column("runs", "Runs", "int", data_only=True), Column("calls", "Calls", "int", data_only=True),
)  # fmt: skip
_KINDS = {
    "differing-invoices": ("invoice that differs", "invoices that differ"),
    "unknown-costs": ("model of unknown cost", "models of unknown cost"),
    "missing-rates": ("model without an exchange rate", "models without an exchange rate"),
}


def blockers(audit: Audit) -> Card:
    """What finance has to mend or accept before each open month is closed."""
    found = audit.blockers
    title = "Nothing keeps a month from being closed"
    facts: list[Fact] = []
    if found:
        first = found[0].month
        things = formats.plural(sum(blocker.month == first for blocker in found), "thing")
        title = f"{things} to mend or accept before {first} is closed"
        facts = [Fact(f"--accept {kind}", _of_kind(found, kind)) for kind in _KINDS if _of_kind(found, kind)]
    return Card(
        name="closing_blockers",
        subject="Before closing",
        title=title,
        about=formats.plural(len({blocker.month for blocker in found}), "open month"),
        table=Table(_BLOCKERS, [_row(blocker) for blocker in found]),
        definition="What `tallybook close` refuses on, of open months: an invoice whose period ends in the month and "
        "that is not matched (amount and credits: billed too much, below 0 too little; without both nothing is there "
        "to compare it by) or bills what bought credits had paid for; models with use of unknown cost (requests, runs "
        "and phone calls without a cost); and revenue without an exchange rate. Mend it, or close the month, and with "
        "it all before, with --accept for each kind that may stand.",
        facts=facts,
        is_wide=True,
        shows_table=True,
        is_empty=not found,
    )


def _of_kind(found: Sequence[ClosingBlocker], kind: str) -> str:
    """How much of a kind is in the way, and in which months: a month is closed with all before it."""
    months = Counter(blocker.month for blocker in found if blocker.kind == kind)
    if not months:
        return ""
    of_months = phrases.joined([f"{count} in {month}" for month, count in sorted(months.items())])
    return f"{formats.plural(months.total(), *_KINDS[kind])}: {of_months}"


def _row(blocker: ClosingBlocker) -> tuple[Value, ...]:
    of_kinds = (blocker.requests, blocker.runs, blocker.calls)
    unpriced = None if blocker.requests is None else sum(count or 0 for count in of_kinds)
    return (*blocker[:-3], unpriced, *of_kinds)


def closings(audit: Audit) -> Card:
    """The journal of closings and reopenings, the newest first."""
    latest = {entry.month: entry.action for entry in reversed(audit.closings)}
    closed = [month for month, action in sorted(latest.items()) if action == "close"]
    title = f"{formats.plural(len(closed), 'month')} closed, up to {closed[-1]}" if closed else "No month is closed"
    return Card(
        name="closings",
        subject="Closed months",
        title=title,
        about=formats.plural(len(audit.closings), "entry", "entries"),
        table=Table(_CLOSINGS, audit.closings),
        definition="Every closing and reopening, the newest first. Accepted: invoices that differ, costs and exchange "
        "rates that are unknown, which were known of as the month was closed. Entries from before names and notes were "
        "asked for have none.",
        is_wide=True,
        shows_table=True,
        is_empty=not audit.closings,
    )

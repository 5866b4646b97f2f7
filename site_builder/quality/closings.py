"""The card of the quality page about who closed and reopened which month, and what was accepted for it."""

from site_builder.gather.audit import Audit
from site_builder.pages.elements import Card, Column, Table
from site_builder.words import formats

_CLOSINGS = (
    Column("month", "Month"), Column("action", "Action"), Column("by_name", "By", "name"),
    Column("note", "Note", "words"), Column("accepted", "Accepted", "words"),
    Column("last_landing_date", "Landed until"), Column("entry_no", "No.", "int"),
)  # fmt: skip


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

"""The card of the quality page about the money that refused rows carried."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from site_builder.gather.audit import Audit, RefusedMoney
from site_builder.pages.elements import Card, Column, Notice, Table
from site_builder.planning import periods
from site_builder.quality import reading
from site_builder.words import formats, phrases

SHOWN_ROWS = 10
SHOWN_FILES = 50
_COLUMNS = (
    Column("source", "Source"), Column("reason", "Reason", "figure"), Column("file", "File", "name"),
    Column("kind", "Kind"), Column("currency", "Currency", "name"), Column("landing_date", "Landed"),
    Column("first_line", "First line", "int"), Column("refused_rows", "Rows", "int"),
    Column("amount", "Amount", "exact"), Column("below_zero", "Below 0", "exact"),
)  # fmt: skip


def refused_money(audit: Audit) -> Card:
    """What refused rows carried of money and credits, by source, reason and file."""
    carried = _said(audit.refused)
    table = Table(_COLUMNS, audit.refused)
    return Card(
        name="refused_money",
        subject="Refused money",
        title=f"Rows in quarantine carried {carried}" if carried else "No row in quarantine carried money",
        about=reading.about(audit),
        table=table,
        page_table=Table(_COLUMNS, audit.refused[:SHOWN_FILES]),
        definition="Credits, providers' cost and amounts of billing events that rows in quarantine name: no other "
        "figure counts them. What is below 0 stands apart and is not set against the rest. Money of rows that cannot "
        "be read is unknown, not 0.",
        notices=[_notice(refusal) for refusal in audit.refused[:SHOWN_ROWS]],
        is_empty=not audit.refused,
    )


def _notice(refused: RefusedMoney) -> Notice:
    where = f"{refused.file}{f', line {refused.first_line}' if refused.first_line else ''}"
    rows = formats.plural(refused.refused_rows, "row")
    return Notice(
        "warning",
        periods.axis_date(refused.landing_date),
        f"{refused.source}, {refused.reason.replace('_', ' ')}: {_said([refused])}",
        f"{rows}, first {where}",
    )


def _said(refused: Iterable[RefusedMoney]) -> str:
    above: dict[str, Decimal] = defaultdict(Decimal)
    below: dict[str, Decimal] = defaultdict(Decimal)
    unknown = 0
    for refusal in refused:
        if refusal.amount is None or refusal.below_zero is None:
            unknown += refusal.refused_rows
            continue
        above[_unit(refusal)] += refusal.amount
        below[_unit(refusal)] += refusal.below_zero
    words = [f"{formats.exact(amount)} {unit}" for unit, amount in sorted(above.items()) if amount]
    words += [f"{formats.exact(amount)} {unit} below 0" for unit, amount in sorted(below.items()) if amount]
    words += [f"unknown money in {formats.plural(unknown, 'row')}"] if unknown else []
    return ", ".join(words)


def _unit(refused: RefusedMoney) -> str:
    if refused.kind == "credits":
        return "credits"
    if refused.kind == "cost":
        return "USD of cost"
    if refused.currency == "(none)":
        return "of billing in the tenant's currency"
    return f"{phrases.in_text(refused.currency)} of billing"

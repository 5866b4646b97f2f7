"""Which alerts `directory/alert_mutes.csv` can mute, and what its rows must say beside what each cell must."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

EVERY_KIND = "*"
# As dim_alert_kinds has them, which is built after the directory is read.
ALERT_KINDS = (
    "budget_75", "budget_90", "budget_100", "budget_over", "budget_at_risk", "budget_missing", "runaway_item",
    "high_usage_day", "overdraft", "balance_short", "credits_expired", "credits_expiring", "auto_recharge",
    "invoice_over_billed", "invoice_under_billed", "invoice_charged_twice", "invoice_overdue", "invoice_unpaid",
    "unrated_requests", "uncosted_requests", "margin_negative", "margin_unknown", "rate_missing",
)  # fmt: skip
SUBJECT_TYPES = ("tenant", "team", "user", "project", "item", "pool", "lot", "invoice", "currency")


def mute_faults(columns: Mapping[str, Sequence[Any]]) -> Iterator[tuple[int, str]]:
    """What is wrong with rows whose cells are right, given by column: the place of a row, and the reason."""
    dates = zip(columns["muted_from"], columns["muted_until"], strict=True)
    subjects = zip(columns["subject_type"], columns["subject_id"], strict=True)
    for place, ((first, last), (kind, named)) in enumerate(zip(dates, subjects, strict=True)):
        if (kind is None) != (named is None):
            yield place, "subject_id: needed with subject_type, and the other way round"
        if first is not None and last is not None and last < first:
            yield place, f"muted_until: {last} is before muted_from"

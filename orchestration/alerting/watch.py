"""What the marts say is alarming: each alert with the period it belongs to, whether it lasts, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building.state import require_marts
from orchestration.errors import TallybookError
from orchestration.warehouse import opened
from site_builder.words import formats

# One alert lasts as long as its dates follow each other (an overdraft), or as it stands in a month (a projection);
# every other kind is of its date, a threshold of its month. What has reached 100 % says so once, not every date.
_ALERTS = """
    with daily as (
        select *, usage_date - cast(dense_rank() over (
            partition by tenant_id, kind, subject_type, subject_id order by usage_date) as integer) as island
        from marts.mart_alert_daily
        where kind not in ('budget_over', 'unrated_requests', 'uncosted_requests')
    ),
    placed as (
        select *, case
                when kind = 'overdraft' then cast(min(usage_date) over (
                    partition by tenant_id, kind, subject_type, subject_id, island) as varchar)
                when kind like 'budget_%' then strftime(usage_date, '%Y-%m')
                else cast(usage_date as varchar)
            end as period
        from daily
    ),
    as_of as (select tenant_id, max(usage_date) as last from marts.mart_tenant_daily group by tenant_id)
    select p.tenant_id, p.kind, p.subject_type, p.subject_id, p.period, min(p.usage_date), max(p.usage_date),
        p.kind in ('overdraft', 'budget_at_risk') and max(p.usage_date) < any_value(a.last),
        min_by(p.severity, p.usage_date), min_by(p.subject_name, p.usage_date),
        coalesce(any_value(t.tenant_name), p.tenant_id), min_by(p.amount, p.usage_date),
        min_by(p.reference, p.usage_date), min_by(p.excess, p.usage_date)
    from placed as p
    inner join as_of as a on a.tenant_id = p.tenant_id
    left join marts.dim_tenants as t on t.tenant_id = p.tenant_id
    group by p.tenant_id, p.kind, p.subject_type, p.subject_id, p.period
    order by 6, 14 desc nulls last, 1, 2, 3, 4, 5
"""
_LOADS = """
    select '', 'load_' || kind, source, subject, cast(landing_date as varchar), landing_date, landing_date, false,
        'critical', subject, '', amount, reference, null
    from marts.mart_audit_exceptions
    where kind in ('held_back', 'unreadable_file')
    order by all
"""
_AS_OF = "select tenant_id, max(usage_date) from marts.mart_tenant_daily group by tenant_id"
# Characters: of a subject, which may be a file with its path.
_MOST_SUBJECT = 160
# What each kind is in words; {} takes the name of its subject.
_SAID = {
    "budget_75": "{} reached 75 % of its budget", "budget_90": "{} reached 90 % of its budget",
    "budget_100": "{} used up its budget", "budget_at_risk": "{} is projected to go over its budget",
    "runaway_item": "{} ran away", "high_usage_day": "an unusually busy day", "overdraft": "credits are overdrawn",
    "credits_expired": "credits expired", "credits_expiring": "credits expire within a week",
    "auto_recharge": "credits were recharged automatically", "load_held_back": "logs of {} are held back",
    "load_unreadable_file": "{} cannot be read",
}  # fmt: skip


@dataclass(frozen=True)
class Alert:
    """Something alarming. `period` tells two of the same subject apart; `is_over`: it lasted, and has ended.

    tenant_id "": the publisher's own, such as a failed load. amount, reference and excess (of a runaway item,
    above its own median) as text, exact, None: none.
    """

    tenant_id: str
    kind: str
    subject_type: str
    subject_id: str
    period: str
    first_date: date
    last_date: date
    is_over: bool
    severity: str
    subject_name: str
    tenant_name: str
    amount: str | None
    reference: str | None
    excess: str | None

    @property
    def key(self) -> str:
        """What is raised once."""
        return "\x1f".join((self.tenant_id, self.kind, self.subject_type, self.subject_id, self.period))

    @property
    def text(self) -> str:
        """It in a sentence, without what it is held against; of a runaway item with its excess. Names are cut."""
        subject = formats.shown_name(self.subject_name or self.subject_id, _MOST_SUBJECT)
        text = _SAID.get(self.kind, self.kind.replace("_", " ")).format(subject)
        text += f", {self.excess} credits above its median" if self.excess is not None else ""
        return f"{formats.shown_name(self.tenant_name)}: {text}" if self.tenant_name else text

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {**asdict(self), "first_date": str(self.first_date), "last_date": str(self.last_date), "text": self.text}


def read_alerts(warehouse: Path) -> tuple[dict[str, Alert], Mapping[str, date]]:
    """Every alert that stands in the marts, in the order of their first dates, and each tenant's as-of date.

    Raises TallybookError where the marts are half-built, or were never built.
    """
    require_marts(warehouse)
    with opened(warehouse, read_only=True) as con:
        try:
            rows = con.execute(_ALERTS).fetchall() + con.execute(_LOADS).fetchall()
            as_of = dict(con.execute(_AS_OF).fetchall())
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise TallybookError(f"{warehouse} has no such alerts yet; build it first: tallybook build") from error
    found = [Alert(*row[:11], *(None if value is None else str(value) for value in row[11:])) for row in rows if row[5]]
    return {alert.key: alert for alert in found}, as_of

"""What the marts say is alarming: each alert with the period it belongs to, whether it lasts, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.building.state import require_marts
from orchestration.errors import TallybookError
from orchestration.warehouse import opened
from site_builder.words import formats

# One alert is of its date, of its month, or of a stretch of dates that follow each other: dim_alert_kinds says which.
# One of a month that came and went is what its last stretch was. What only got worse (a budget at risk was used up, a
# short balance is overdrawn) has ended, and that is no all-clear. Muted dates tell nothing, but it lasts on them.
_ALERTS = """
    with seen as (
        select * from (
            from marts.mart_alert_daily union all by name from marts.mart_publisher_alert_daily)
        where usage_date <= $1
    ),
    as_of as (
        select tenant_id, least(max(usage_date), $1) as last from marts.mart_tenant_daily group by tenant_id
    ),
    daily as (
        select m.*, k.sentence, k.recurs_by, k.is_standing, m.usage_date - cast(dense_rank() over (
            partition by m.tenant_id, m.kind, m.subject_type, m.subject_id order by m.usage_date) as integer) as island
        from seen as m
        inner join marts.dim_alert_kinds as k on k.kind = m.kind
        where k.is_pushed
    ),
    placed as (
        select *, case recurs_by
                when 'stretch' then cast(min(usage_date) over (
                    partition by tenant_id, kind, subject_type, subject_id, island) as varchar)
                when 'month' then strftime(usage_date, '%Y-%m')
                else cast(usage_date as varchar)
            end as period
        from daily
    ),
    newest as (
        select *, if(muted_by is null, usage_date, null) as told_on
        from placed
        qualify island = max(island) over (partition by tenant_id, kind, subject_type, subject_id, period)
    ),
    grouped as (
        select p.tenant_id, p.kind, p.subject_type, p.subject_id, p.period,
            coalesce(min(p.told_on), min(p.usage_date)) as first_date, max(p.usage_date) as last_date,
            any_value(p.is_standing) and max(p.usage_date) < any_value(a.last) as is_gone,
            count(p.told_on) = 0 as is_muted, any_value(p.sentence) as sentence,
            arg_min(struct_pack(severity := p.severity, name := p.subject_name, amount := p.amount,
                reference := p.reference, excess := p.excess, currency := p.currency, happens_on := p.happens_on),
                (p.told_on is null, p.usage_date)) as told,
            coalesce(any_value(t.tenant_name), p.tenant_id) as tenant_name
        from newest as p
        inner join as_of as a on a.tenant_id = p.tenant_id
        left join marts.dim_tenants as t on t.tenant_id = p.tenant_id
        group by p.tenant_id, p.kind, p.subject_type, p.subject_id, p.period
    ),
    worse as (
        select tenant_id, 'budget_at_risk' as kind, subject_type, subject_id, usage_date from seen
        where kind in ('budget_100', 'budget_over')
        union
        select tenant_id, 'balance_short', 'tenant', tenant_id, usage_date from seen where kind = 'overdraft'
    )
    select g.tenant_id, g.kind, g.subject_type, g.subject_id, g.period, g.first_date, g.last_date,
        g.is_gone and w.kind is null, g.told.severity, g.told.name, g.tenant_name, g.sentence, g.told.amount,
        g.told.reference, g.told.excess, g.told.currency, g.told.happens_on, g.is_muted
    from grouped as g
    left join worse as w
        on w.tenant_id = g.tenant_id and w.kind = g.kind and w.subject_type = g.subject_type
        and w.subject_id = g.subject_id and w.usage_date = g.last_date + 1
        and (g.kind <> 'budget_at_risk' or strftime(w.usage_date, '%Y-%m') = g.period)
    order by g.first_date, g.told.excess desc nulls last, g.tenant_id, g.kind, g.subject_type, g.subject_id, g.period
"""
_LOADS = """
    select '', 'load_' || kind, source, subject, cast(landing_date as varchar), landing_date, landing_date, false,
        'critical', subject, '',
        case kind when 'held_back' then 'logs of {} are held back' else '{} cannot be read' end, amount, reference,
        null, null, null, false
    from marts.mart_audit_exceptions
    where kind in ('held_back', 'unreadable_file') and landing_date <= $1
    order by all
"""
_AS_OF = "select tenant_id, least(max(usage_date), $1) from marts.mart_tenant_daily group by tenant_id"
_FIRST = """
    select min(day)
    from (select min(usage_date) as day from marts.mart_alert_daily
          union all select min(usage_date) from marts.mart_publisher_alert_daily
          union all select min(landing_date) from marts.mart_audit_exceptions)
"""
# Of an alert of a month that was closed before dates were named.
NO_DATE = "a date that is not known"
# Characters: of a subject, which may be a file with its path.
_MOST_SUBJECT = 160


@dataclass(frozen=True)
class Alert:
    """Something alarming. `period` tells two of the same subject apart; `is_over`: it lasted, and has ended.

    tenant_id "": the publisher's own, such as a failed load. sentence: what has happened, {} in the place of the
    subject's name. amount, reference and excess (of a runaway item, above its own median) as text, exact, None: none;
    currency: of an amount that is money. is_muted: on all of its dates.
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
    sentence: str
    amount: str | None
    reference: str | None
    excess: str | None
    currency: str | None = None
    happens_on: str | None = None
    is_muted: bool = False

    @property
    def key(self) -> str:
        """What is raised once."""
        return "\x1f".join((self.tenant_id, self.kind, self.subject_type, self.subject_id, self.period))

    @property
    def text(self) -> str:
        """It in a sentence, without what it is held against; of a runaway item with its excess. Names are cut."""
        subject = formats.shown_name(self.subject_name or self.subject_id, _MOST_SUBJECT)
        text = self.sentence.replace("{on}", self.happens_on or NO_DATE).replace("{}", subject)
        text += f", {self.excess} credits above its median" if self.excess is not None else ""
        names_the_tenant = self.subject_type == "tenant" and "{}" in self.sentence
        return f"{formats.shown_name(self.tenant_name)}: {text}" if self.tenant_name and not names_the_tenant else text

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        own = {name: value for name, value in asdict(self).items() if name not in ("sentence", "is_muted")}
        return {**own, "first_date": str(self.first_date), "last_date": str(self.last_date), "text": self.text}


Snapshot = tuple[dict[str, Alert], Mapping[str, date]]
"""Every alert that stands in the marts, in the order of their first dates, and each tenant's as-of date."""


def read_alerts(warehouse: Path) -> Snapshot:
    """The alerts as they stand. Raises TallybookError where the marts are half-built, or were never built."""
    with _opened_marts(warehouse) as con:
        return _as_of(con, date.max)


def read_alerts_by_day(warehouse: Path, last: date) -> list[tuple[date, Snapshot]]:
    """The alerts as they stood at the end of each day, from the first one until `last`, by the marts as they are now.

    Raises as `read_alerts` does.
    """
    with _opened_marts(warehouse) as con:
        first = con.execute(_FIRST).fetchone()[0] or date.max  # type: ignore[index]
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return [(day, _as_of(con, day)) for day in days]


@contextmanager
def _opened_marts(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    require_marts(warehouse)
    with opened(warehouse, read_only=True) as con:
        try:
            yield con
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise TallybookError(f"{warehouse} has no such alerts yet; build it first: tallybook build") from error


def _as_of(con: duckdb.DuckDBPyConnection, day: date) -> Snapshot:
    rows = con.execute(_ALERTS, [day]).fetchall() + con.execute(_LOADS, [day]).fetchall()
    alerts = [_alert(row) for row in rows if row[5]]
    return {alert.key: alert for alert in alerts}, dict(con.execute(_AS_OF, [day]).fetchall())


def _alert(row: Sequence[Any]) -> Alert:
    texts = (None if value is None else str(value) for value in row[12:17])
    return Alert(*row[:12], *texts, *row[17:])

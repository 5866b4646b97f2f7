"""What a mail says of a report: read from its report.json, nothing computed again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from site_builder.charts.specs import Bar, Bars
from site_builder.files import urls
from site_builder.files.manifest import Manifest, PublishedReport
from site_builder.planning import periods
from site_builder.reports import headlines
from site_builder.words import formats, phrases

# Key figures at the top, and the cards whose findings follow, in this order where the report has them.
_FIGURES = {
    "credits": "Credits", "spend_amount": "Spend", "requests": "Messages", "active_users": "Active users",
    "cost_usd": "Known cost, USD",
}  # fmt: skip
NO_LINKS: Mapping[str, str] = {}
_MONEY = frozenset(["credits", "spend_amount", "cost_usd"])
_FINDINGS = ("alerts", "budgets", "balance", "drivers", "models", "teams", "power_users", "items", "recommendations")
# The same of mail to finance: what was spent, what is left, what is billed.
_FINANCE_FIGURES = ("spend_amount", "credits")
_FINANCE_FINDINGS = (
    "statement", "balance", "invoices", "receivables", "forecast", "budgets", "unit_costs", "margin", "alerts",
)  # fmt: skip
MOST_FINDINGS = 6
MOST_FILES = 5
MOST_MARKED = 4
# What the bars of a trend are, by its first column.
_STEPS = {
    "local_hour": "credits by hour", "usage_date": "credits by day", "week_of": "credits by 7 days",
    "month_of": "credits by month",
}  # fmt: skip
_MOST_PATH = 160
# Characters: of a subject, of whose it is within, and of what mail programs show after it.
_MOST_SUBJECT, _MOST_SCOPE, _MOST_PREHEADER = 150, 60, 250
_LINES = {"why": "Why", "at_risk": "At risk", "to_do": "To do"}


@dataclass(frozen=True)
class Figure:
    """A key figure as text: its `label`, `value`, and the `change` on the previous period."""

    label: str
    value: str
    change: str


@dataclass(frozen=True)
class Digest:
    """A mail before it is one. Links are absolute; `pdf`, `statement` and `workbook` are "" where there is none.

    `lines` are why, what is at risk and what to do, as (label, text). `trend` is the picture, and `caption` says what
    it shows; both None or "" where there was no use. `links` are the platform's own pages, as (text, address).

    `changes`: what the revision before said, and which files changed it; empty of a first revision.
    """

    scope_name: str
    edition: str
    label: str
    zone: str
    headline: str
    lines: Sequence[tuple[str, str]]
    figures: Sequence[Figure]
    findings: Sequence[tuple[str, str]]
    revision: int
    changes: Sequence[str]
    report: str
    pdf: str
    statement: str
    explore: str
    trend: Bars | None
    caption: str
    workbook: str = ""
    links: Sequence[tuple[str, str]] = ()

    @property
    def subject(self) -> str:
        """The finding, change and cause first; then whose and when it is."""
        again = f" (revision {self.revision})" if self.revision > 1 else ""
        whose = f" – {formats.shown_name(self.scope_name, _MOST_SCOPE)}, {self.label}{again}"
        return f"{formats.shown_name(self.headline, _MOST_SUBJECT - len(whose))}{whose}"

    @property
    def preheader(self) -> str:
        """What a list of mails shows after the subject: what it does not say."""
        said = [f"{label}: {text}" for label, text in self.lines]
        return formats.shown_name(
            " · ".join(said) or f"{self.edition.capitalize()} report · {self.label}", _MOST_PREHEADER
        )


def digest(
    site: Path, published: Manifest, report: PublishedReport, base_url: str, *, is_finance: bool = False,
    links: Mapping[str, str] = NO_LINKS,
) -> Digest:  # fmt: skip
    """The digest of a published report; `base_url` is where readers see the site.

    `is_finance`: what of it is about money. `links`: addresses of the platform's own pages, by what they are called.
    """
    document = json.loads((site / report.folder / "report.json").read_text(encoding="utf-8"))
    base, cards = base_url.rstrip("/"), document["cards"]
    workbook = urls.report_workbook(report.folder)
    pdf, statement = urls.report_pdf(report.folder), urls.statement_pdf(report.folder)
    dates = f"#from={document['first_date']}&to={document['last_date']}"
    trend = _trend(cards.get("credit_trend"))
    return Digest(
        scope_name=formats.shown_name(document["scope_name"]),
        edition=report.edition,
        label=document["label"],
        zone=document["timezone"],
        lines=[] if is_finance else _lines(document.get("lines", {})),
        headline=_money_headline(document) if is_finance else document["headline"],
        figures=[*_figures(cards["kpis"], _FINANCE_FIGURES), *_money_figures(cards)]
        if is_finance
        else _figures(cards["kpis"], tuple(_FIGURES)),
        findings=_findings(cards, _FINANCE_FINDINGS if is_finance else _FINDINGS),
        revision=report.revision,
        changes=_changes(report),
        report=f"{base}/{report.folder}/index.html",
        pdf=f"{base}/{pdf}" if pdf in published.files else "",
        statement=f"{base}/{statement}" if statement in published.files else "",
        explore=f"{base}/{urls.explore_page(report.scope)}{dates}",
        trend=trend,
        caption=_caption(trend) if trend else "",
        workbook=f"{base}/{workbook}" if workbook in published.files else "",
        links=tuple(links.items()),
    )


def _lines(said: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(label, said[name]) for name, label in _LINES.items() if name in said]


def _changes(report: PublishedReport) -> list[str]:
    if not report.restatements:
        return []
    newest = report.restatements[-1]
    lines = [
        f"{headlines.LABELS[change.figure]}: {_shown(change.after)}, no longer {_shown(change.before)}"
        for change in newest.changes
    ]
    files = [formats.shown_name(file, _MOST_PATH) for file in newest.files[:MOST_FILES]]
    return [*lines, f"Because of {phrases.joined(files)}"] if files else lines


def _shown(value: int | float | Decimal | None) -> str:
    if isinstance(value, Decimal):
        return formats.exact(value)
    return formats.percent(100 * value, 2) if isinstance(value, float) else formats.count(value)


def _rows(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(card["columns"], row, strict=True)) for row in card["rows"]]


def _money_headline(document: dict[str, Any]) -> str:
    """What was spent in the period, else what the report begins with."""
    rows = {row["figure"]: row["value"] for row in _rows(document["cards"]["kpis"])}
    if rows.get("spend_amount") is None:
        return str(document["headline"])
    return f"{formats.grouped(Decimal(rows['spend_amount']), 2)} {rows['spend_currency']} spent"


def _money_figures(cards: dict[str, Any]) -> list[Figure]:
    """What is left of the credits, and what is open of the invoices, by currency."""
    found = []
    totals = (
        [Decimal(row["closing"]) for row in _rows(cards["balance"]) if row["pool"] == "total"]
        if "balance" in cards
        else []
    )
    if totals:
        found.append(Figure("Credits left", formats.amount(sum(totals, Decimal(0))), ""))
    opened: dict[str, Decimal] = {}
    for row in _rows(cards["invoices"]) if "invoices" in cards else ():
        if row["open_amount"] is not None and row["currency"]:
            opened[row["currency"]] = opened.get(row["currency"], Decimal(0)) + Decimal(row["open_amount"])
    return [
        *found,
        *(Figure(f"Open invoices, {code}", formats.grouped(opened[code], 2), "") for code in sorted(opened)),
    ]


def _figures(card: dict[str, Any], wanted: Sequence[str]) -> list[Figure]:
    rows = {row["figure"]: row for row in _rows(card)}
    found = []
    for name in wanted:
        label = _FIGURES[name]
        row = rows.get(name)
        if row is None or row["value"] is None:
            continue
        value = Decimal(str(row["value"]))
        shown = formats.amount(value) if name in _MONEY else formats.count(int(value))
        if name == "spend_amount":
            label, shown = f"{label}, {rows['spend_currency']['value']}", formats.grouped(value, 2)
        change = "" if row["change_pct"] is None else phrases.change_text(row["change_pct"])
        found.append(Figure(label, shown, change))
    return found


def _findings(cards: dict[str, Any], wanted: Sequence[str]) -> list[tuple[str, str]]:
    there = [cards[name] for name in wanted if name in cards and cards[name]["rows"]]
    return [(card["subject"], card["title"]) for card in there[:MOST_FINDINGS]]


def _trend(card: dict[str, Any] | None) -> Bars | None:
    rows = _rows(card) if card else []
    if card is None or not any(Decimal(row["credits"]) for row in rows):
        return None
    place = card["columns"][0]
    bars = [
        Bar(
            f"{row[place]:02d}" if place == "local_hour" else periods.axis_date(date.fromisoformat(row[place])),
            Decimal(row["credits"]),
            None if row["previous_credits"] is None else Decimal(row["previous_credits"]),
            bool(row.get("high_usage_days") or row.get("is_high_usage_day")),
        )
        for row in rows
    ]
    return Bars(card["title"], "", _STEPS[place], tuple(bars))


def _caption(trend: Bars) -> str:
    """What the bars, the pale ones behind them and the marks are."""
    parts = [f"{trend.unit[0].upper()}{trend.unit[1:]}"]
    if any(bar.ghost is not None for bar in trend.bars):
        parts.append("pale: the period before")
    marked = [bar.label for bar in trend.bars if bar.is_marked]
    more = [f"{len(marked) - MOST_MARKED} more"] if len(marked) > MOST_MARKED else []
    if marked:
        parts.append(f"▼ high usage: {phrases.joined([*marked[:MOST_MARKED], *more])}")
    return "; ".join(parts)

"""What a mail says of a report: read from its report.json, nothing computed again."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
_FIGURES = {"credits": "Credits", "requests": "Messages", "active_users": "Active users", "cost_usd": "Known cost, USD"}
_MONEY = frozenset(["credits", "cost_usd"])
_FINDINGS = ("alerts", "budgets", "balance", "drivers", "models", "teams", "power_users", "items", "recommendations")
MOST_FINDINGS = 6
MOST_FILES = 5
_MOST_PATH = 160


@dataclass(frozen=True)
class Figure:
    """A key figure as text: its `label`, `value`, and the `change` on the previous period."""

    label: str
    value: str
    change: str


@dataclass(frozen=True)
class Digest:
    """A mail before it is one. Links are absolute; `pdf` and `statement` are "" where there is none.

    `trend` is the picture.

    `changes`: what the revision before said, and which files changed it; empty of a first revision.
    """

    scope_name: str
    edition: str
    label: str
    zone: str
    headline: str
    figures: Sequence[Figure]
    findings: Sequence[tuple[str, str]]
    revision: int
    changes: Sequence[str]
    report: str
    pdf: str
    statement: str
    explore: str
    trend: Bars | None

    @property
    def subject(self) -> str:
        """Whose it is, and the finding with its number."""
        again = f" (revision {self.revision})" if self.revision > 1 else ""
        return formats.shown_name(f"{self.scope_name}: {self.headline}{again}", 150)


def digest(site: Path, published: Manifest, report: PublishedReport, base_url: str) -> Digest:
    """The digest of a published report; `base_url` is where readers see the site."""
    document = json.loads((site / report.folder / "report.json").read_text(encoding="utf-8"))
    base, cards = base_url.rstrip("/"), document["cards"]
    pdf, statement = urls.report_pdf(report.folder), urls.statement_pdf(report.folder)
    dates = f"#from={document['first_date']}&to={document['last_date']}"
    return Digest(
        scope_name=formats.shown_name(document["scope_name"]),
        edition=report.edition,
        label=document["label"],
        zone=document["timezone"],
        headline=document["headline"],
        figures=_figures(cards["kpis"]),
        findings=_findings(cards),
        revision=report.revision,
        changes=_changes(report),
        report=f"{base}/{report.folder}/index.html",
        pdf=f"{base}/{pdf}" if pdf in published.files else "",
        statement=f"{base}/{statement}" if statement in published.files else "",
        explore=f"{base}/{urls.explore_page(report.scope)}{dates}",
        trend=_trend(cards.get("credit_trend")),
    )


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


def _figures(card: dict[str, Any]) -> list[Figure]:
    rows = {row["figure"]: row for row in _rows(card)}
    found = []
    for name, label in _FIGURES.items():
        row = rows.get(name)
        if row is None or row["value"] is None:
            continue
        value = Decimal(str(row["value"]))
        shown = formats.amount(value) if name in _MONEY else formats.count(int(value))
        change = "" if row["change_pct"] is None else phrases.change_text(row["change_pct"])
        found.append(Figure(label, shown, change))
    return found


def _findings(cards: dict[str, Any]) -> list[tuple[str, str]]:
    there = [cards[name] for name in _FINDINGS if name in cards and cards[name]["rows"]]
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
        )
        for row in rows
    ]
    return Bars(card["title"], "", "credits", tuple(bars))

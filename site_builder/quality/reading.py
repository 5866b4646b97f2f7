"""Cards of the quality page about what landed: what to look at, files and rows, quarantine."""

from datetime import date

from site_builder.charts.specs import Bar, Bars, Rank, Ranking
from site_builder.gather.audit import Audit, Finding, Landed
from site_builder.pages.elements import Card, Column, Key, Notice, Panel, Table
from site_builder.planning import periods
from site_builder.planning.periods import Span
from site_builder.words import formats, phrases

MOST_DATES = 62
CHART_ROWS = 10
_TELL = {
    "held_back": ("critical", "Landing date {subject} of {source} is held back"),
    "unreadable_file": ("critical", "{subject} is unreadable and quarantined whole"),
    "waiting_change": ("notice", "{subject} changed for dates that keep the rows of before"),
    "no_good_row": ("warning", "No row of {subject} can be used: all are in quarantine"),
    "unknown_field": ("notice", "{source} has a field that is not read: {subject}"),
}
_LANDED = (
    Column("landing_date", "Landed"), Column("source", "Source"), Column("files", "Files", "int"),
    Column("unreadable_files", "Unreadable", "int"), Column("bytes", "Bytes", "int"),
    Column("rows_read", "Rows", "int"), Column("accepted", "Accepted", "int"),
    Column("duplicates", "Duplicates", "int"),
    Column("quarantined", "Quarantined", "int"), Column("held_back", "Held back", "yes"),
    Column("released", "Released", "yes"),
)  # fmt: skip
_QUARANTINED = (
    Column("source", "Source"), Column("reason", "Reason", "figure"), Column("quarantined", "Rows", "int"),
    Column("files", "Files", "int"), Column("first_landing_date", "First"), Column("last_landing_date", "Last"),
    Column("example_1", "For example", "name"), Column("example_2", "Another", "name"),
    Column("example_3", "A third", "name"),
)  # fmt: skip
_ODD = (
    Column("kind", "Kind", "figure"), Column("tenant_id", "Tenant", "name"), Column("file", "File", "name"),
    Column("line", "Line", "int"), Column("detail", "What"),
)  # fmt: skip
_FINDINGS = (
    Column("kind", "Kind", "figure"), Column("source", "Source"), Column("subject", "What", "name"),
    Column("landing_date", "Landed"), Column("amount", "Rows or files", "int"), Column("reference", "Of", "int"),
)  # fmt: skip


def about(audit: Audit) -> str:
    """Which landing dates the page covers."""
    if not audit.landed:
        return "Nothing has landed yet"
    dates = [arrival.landing_date for arrival in audit.landed]
    return f"Landed {periods.range_text(Span(min(dates), max(dates)))} · UTC"


def zone_rules(audit: Audit) -> str:
    """By which rules of time zones everything is dated; empty before the first load that took any."""
    if not audit.zone_rules:
        return ""
    rules = audit.zone_rules[0]
    kept = rules.earlier_rules_kept_to
    return f"Time zones by tzdata {rules.zone_rules_version}" + (
        f", closed months until {periods.long_date(kept)} by earlier rules" if kept else ""
    )


def findings(audit: Audit) -> Card:
    """What a person should look at."""
    pressing = [finding for finding in audit.findings if _TELL[finding.kind][0] == "critical"]
    if pressing:
        title = f"{_told(pressing[0])}" + (f"; {len(audit.findings) - 1} more" if len(audit.findings) > 1 else "")
    else:
        title = "Nothing is held back or unreadable" + ("; a few things to know" if audit.findings else "")
    return Card(
        name="findings",
        subject="To look at",
        title=title,
        about=about(audit),
        table=Table(_FINDINGS, audit.findings),
        definition="A landing date with too many bad rows is held back, and none of its rows takes part, until it is "
        "released. An unreadable file is quarantined whole. Fields that are not known are not read. What was built "
        "keeps its rates and contract prices, whatever the directory says of the past later, until it is repriced.",
        notices=[_notice(finding) for finding in audit.findings[:CHART_ROWS]],
        is_empty=not audit.findings,
    )


def odd_rows(audit: Audit) -> Card:
    """Rows that break no rule and take part, but that somebody should look at."""
    return Card(
        name="odd_rows",
        subject="Odd rows",
        title=f"{formats.plural(len(audit.odd), 'row')} to look at, though no rule is broken"
        if audit.odd
        else "No row is odd",
        about=about(audit),
        table=Table(_ODD, audit.odd),
        definition="They take part in everything as they are: a currency that is none, a grant that expired before it "
        "came, a refund above what there was, a budget for somebody whom neither directory nor usage names.",
        notices=[
            Notice(
                "warning",
                "",
                finding.detail,
                f"{finding.file}{f', line {finding.line}' if finding.line else ''} · {finding.tenant_id}",
            )
            for finding in audit.odd[:CHART_ROWS]
        ],
        is_empty=not audit.odd,
    )


def _told(finding: Finding) -> str:
    return _TELL[finding.kind][1].format(subject=phrases.in_text(finding.subject), source=finding.source)


def _notice(finding: Finding) -> Notice:
    if finding.kind == "held_back":
        evidence = f"{formats.count(finding.amount)} of {formats.plural(finding.reference or 0, 'row')} quarantined"
    elif finding.kind == "unknown_field":
        evidence = f"in {formats.plural(finding.amount, 'file')}"
    elif finding.kind == "waiting_change":
        evidence = f"{formats.plural(finding.amount, 'row')}: tallybook reprice shows what they would change"
    elif finding.kind == "no_good_row":
        evidence = f"{formats.plural(finding.amount, 'such file')} of that landing date"
    else:
        evidence = finding.source
    when = periods.axis_date(finding.landing_date) if finding.landing_date else ""
    return Notice(_TELL[finding.kind][0], when, _told(finding), evidence)


def files(audit: Audit) -> Card:
    """Files and rows by source and landing date."""
    rows, bad = (sum(getattr(arrival, name) for arrival in audit.landed) for name in ("rows_read", "quarantined"))
    duplicates = sum(arrival.duplicates for arrival in audit.landed)
    dates: dict[date, list[Landed]] = {}
    for arrival in audit.landed[::-1]:
        dates.setdefault(arrival.landing_date, []).append(arrival)
    shown = list(dates.items())[-MOST_DATES:]
    bars = [
        Bar(
            periods.axis_date(day), sum(part.rows_read for part in parts), None, any(part.quarantined for part in parts)
        )
        for day, parts in shown
    ]
    whole = formats.plural(sum(arrival.files for arrival in audit.landed), "file")
    return Card(
        name="files",
        subject="Files and rows",
        title=f"{formats.plural(rows, 'row')} of {whole}: {formats.count(bad)} quarantined, "
        f"{formats.count(duplicates)} duplicates, the rest accepted",
        about=about(audit),
        table=Table(_LANDED, audit.landed),
        definition="As things stand now: rows read = accepted + duplicates + quarantined, for every file. A row that a "
        "later one replaced counts as a duplicate of its own file.",
        panels=[Panel("", [Bars("Rows by landing date", f"The last {len(bars)} landing dates.", "rows", bars)])]
        if bars
        else (),
        legend=[Key("c1", "rows read"), Key("mark", "▼ some of them quarantined")] if bars else (),
        is_empty=not audit.landed,
        is_wide=True,
    )


def quarantine(audit: Audit) -> Card:
    """Rows that break a rule, by reason."""
    whole = sum(reason.quarantined for reason in audit.quarantined)
    ranks = [
        Rank(reason.reason.replace("_", " "), reason.quarantined, formats.count(reason.quarantined), reason.source)
        for reason in audit.quarantined[:CHART_ROWS]
    ]
    lead = audit.quarantined[0].reason.replace("_", " ") if audit.quarantined else ""
    return Card(
        name="quarantine",
        subject="Quarantine",
        title=f"{formats.plural(whole, 'row')} in quarantine, most often {lead}"
        if whole
        else "No row is in quarantine",
        about=about(audit),
        table=Table(_QUARANTINED, audit.quarantined),
        definition="One line, one reason. The examples name file and line, the newest first; the texts are in the "
        "audit of the warehouse.",
        panels=[Panel("", [Ranking("Rows in quarantine by reason", f"{len(ranks)} reasons.", ranks)])] if ranks else (),
        is_empty=not whole,
    )

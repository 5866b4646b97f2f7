"""The parts of a page as data: everything that report.json, the CSVs and the templates are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from site_builder.charts.specs import Chart, Spark

# What lists of items, teams and users are called, by kind.
ENTITY_LISTS = {"item": "Agents and other items", "team": "Teams", "user": "Users"}
Value = str | int | float | bool | Decimal | date | None


@dataclass(frozen=True)
class Column:
    """A table column: its `name` in CSV and JSON, `label` (page), and `kind`, which says how a page shows it.

    Kinds: text, words (whole sentences, fit to show as they are), name (free text from outside), int, amount (credits),
    exact (an amount with every digit, a ratio with more than usual), sum (a whole number, or every digit), usd, pct (a
    change, 0–100), percent (0–100), ratio (0–1), hour, ms (milliseconds), yes (boolean), figure (a column's name) and
    mixed (by type). Columns with `data_only` stand in CSV and JSON alone. `links`: what a page shows in the place of an
    id, and where that leads. `scale`: decimals of an exact column, so that all of its cells have as many.
    """

    name: str
    label: str
    kind: str = "text"
    data_only: bool = False
    links: Mapping[str, "Link"] = field(default_factory=dict, hash=False)
    scale: int = 2


@dataclass(frozen=True)
class Table:
    """The numbers behind a card: each row has one value per column."""

    columns: Sequence[Column]
    rows: Sequence[tuple[Value, ...]]


@dataclass(frozen=True)
class Change:
    """Change on the previous period: `pct` (None without a base), `text` for people, `tone` up, down, same or none."""

    pct: float | None
    text: str
    tone: str


@dataclass(frozen=True)
class Tile:
    """One key figure: `label`, `value` and its `before` as text, the `change`, and a line of recent values."""

    label: str
    value: str
    before: str
    change: Change
    spark: Spark | None = None


@dataclass(frozen=True)
class Fact:
    """A small labelled finding under a card's title, such as the peak hour."""

    label: str
    text: str


@dataclass(frozen=True)
class Notice:
    """A line of a list to act on: its `tone` (critical, warning, notice, muted, saves, check), `when`, `text`, and
    `evidence`; `card`: the name of the card that has what it is about ("": none); `mark`: of the item, team or user
    that the text names first ("": none).
    """

    tone: str
    when: str
    text: str
    evidence: str
    card: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Key:
    """A line of a chart's legend: the `tone` (class) of its swatch, and its `text`."""

    tone: str
    text: str


@dataclass(frozen=True)
class Panel:
    """One view of a card; the reader switches between a card's panels by their `label` (empty: only one)."""

    label: str
    charts: Sequence[Chart]


@dataclass(frozen=True)
class Card:
    """One card of a page.

    `name` is also its CSV's; `subject` what it is about; `title` its finding in words; `about` period and time zone;
    `definition` how its numbers are defined; `is_empty` if nothing happened; `is_wide` takes the page's whole width;
    `shows_table` has the table itself in the place of charts; `page_table`: what the page shows of it, uncut; `pdf`:
    the file beside the page that has it to print ("": none); `more`: the page that has more of it, if there is one.
    """

    name: str
    subject: str
    title: str
    about: str
    table: Table
    definition: str
    facts: Sequence[Fact] = ()
    panels: Sequence[Panel] = ()
    legend: Sequence[Key] = ()
    tiles: Sequence[Tile] = ()
    notices: Sequence[Notice] = ()
    note: str = ""
    is_empty: bool = False
    is_wide: bool = False
    shows_table: bool = False
    page_table: Table | None = None
    pdf: str = ""
    more: "Link | None" = None


@dataclass(frozen=True)
class Link:
    """A link to another page of the same scope: its `text` and `href` relative to the page."""

    text: str
    href: str


@dataclass(frozen=True)
class Line:
    """A line under the headline: its `name` (why, at_risk, to_do), `label` and `text`, and the name of the `card` that
    has more ("": none). `is_marked`: there is a risk, or something to do.
    """

    name: str
    label: str
    text: str
    card: str = ""
    is_marked: bool = False


@dataclass(frozen=True)
class Section:
    """Cards that stand together, under a `name` ("": what a page opens with)."""

    name: str
    cards: Sequence[Card]


@dataclass(frozen=True)
class Glossary:
    """Where the glossary is, seen from a page, and the names of the columns that it explains, in order."""

    href: str
    names: Sequence[str]


@dataclass(frozen=True)
class Page:
    """A report: the context of templates/report.html, field for field.

    `cards` are all that it has numbers of, `sections` those that it shows, `left_out` those whose numbers are in files
    alone; `lines` stand under the headline. `path` is its place in the site; `stylesheet` and `home` are links from
    there; `state` is provisional, final or restated, `status` the same in words with more; `earlier` leads to the
    revisions before; `pdf` is the link of its PDF ("": none), `workbook` that of its workbook, `explore` that of the
    explorer with its dates; `around` leads to the previous and to the enclosing or enclosed reports.
    """

    path: str
    stylesheet: str
    home: str
    scope_name: str
    edition: str
    period_label: str
    period_text: str
    compared_with: str
    zone: str
    state: str
    status: str
    headline: str
    cards: Sequence[Card]
    pdf: str
    explore: str
    glossary: Glossary
    workbook: str
    lines: Sequence[Line] = field(default_factory=tuple)
    sections: Sequence[Section] = field(default_factory=tuple)
    left_out: Sequence[Card] = field(default_factory=tuple)
    around: Sequence[Link] = field(default_factory=tuple)
    outside: Sequence[Link] = field(default_factory=tuple)
    earlier: Sequence[Link] = field(default_factory=tuple)

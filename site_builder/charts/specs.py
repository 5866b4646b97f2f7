"""What a chart shows, apart from how it is drawn, so that pages can be compared without drawing anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Number = Decimal | int


@dataclass(frozen=True)
class Bar:
    """A column over time: axis `label`, `value`, `ghost` (same place in the previous period, None = no such place)."""

    label: str
    value: Number
    ghost: Number | None = None
    is_marked: bool = False


@dataclass(frozen=True)
class Bars:
    """Columns over time with the previous period behind them; a mark stands over marked columns.

    `limit`: what a column should not exceed, a dashed line across all of them (None: none).
    """

    title: str
    desc: str
    unit: str
    bars: Sequence[Bar]
    limit: Number | None = None


@dataclass(frozen=True)
class Rank:
    """A row of a ranking: `label`, a quieter `note` after it, the bar's `value`, and the value as `text`."""

    label: str
    value: Number
    text: str
    note: str = ""
    tone: str = "c1"


@dataclass(frozen=True)
class Ranking:
    """Horizontal bars, longest first as given, all to one scale.

    `full`: the value of a bar from end to end (None: the longest bar's).
    """

    title: str
    desc: str
    rows: Sequence[Rank]
    full: Number | None = None


@dataclass(frozen=True)
class Diverging:
    """Horizontal bars on either side of a zero line, all to one scale; values may be negative."""

    title: str
    desc: str
    rows: Sequence[Rank]


@dataclass(frozen=True)
class Gauge:
    """A row of gauges: how much of a limit is `used`, and where between `low` and `high` it is `expected` to end.

    Shares of the limit, 1 = all of it; `low` and `high` None: no band. `label`, `note` and `text` as of a ranking.
    """

    label: str
    used: float
    expected: float
    low: float | None
    high: float | None
    text: str
    note: str = ""
    tone: str = "c1"


@dataclass(frozen=True)
class Gauges:
    """Bars towards a limit that stands at the same place for all, each with the band it is expected to end in."""

    title: str
    desc: str
    rows: Sequence[Gauge]


@dataclass(frozen=True)
class Heat:
    """A week's grid: `rows` of (weekday label, 24 values in `unit`); None or 0 is drawn grey."""

    title: str
    desc: str
    unit: str
    rows: Sequence[tuple[str, Sequence[Number | None]]]


@dataclass(frozen=True)
class Line:
    """A line over time with the previous period as a dashed one."""

    title: str
    desc: str
    unit: str
    points: Sequence[Bar]


@dataclass(frozen=True)
class Point:
    """A date of a burn-up: axis `label`, the sum `value` up to it (None: to come), and the month before's (`ghost`)."""

    label: str
    value: Number | None
    ghost: Number | None = None


@dataclass(frozen=True)
class BurnUp:
    """A sum that grows by date to the end of a month: `points` of all its dates, `value` None of those to come.

    `ghost` is the sum of the month before; `projected` where it is expected to end, between `low` and `high`; `limit`
    what it should not exceed. None: there is none.
    """

    title: str
    desc: str
    unit: str
    points: Sequence[Point]
    projected: Number | None = None
    low: Number | None = None
    high: Number | None = None
    limit: Number | None = None


@dataclass(frozen=True)
class Spark:
    """A bare line of values; it repeats what stands beside it in words, so it is hidden from screen readers."""

    values: Sequence[Number]


Chart = Bars | BurnUp | Ranking | Diverging | Gauges | Heat | Line

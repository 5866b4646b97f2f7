"""The date dimension: whole calendar years around all dates that rows of the marts are of."""

from __future__ import annotations

DATES = "dim_dates"
DATES_KEY = "date_day"
DATES_TEXT = (
    "The calendar, whole years without a gap: what dates, weeks, months and quarters are called; one row per date."
)
_COLUMNS = {
    "date_day": ("date", "The date; the local date of a tenant where a table's date is one."),
    "year": ("integer", "Calendar year."),
    "quarter": ("varchar", "Quarter, as in 2026-Q4."),
    "quarter_of_year": ("integer", "1 to 4."),
    "month": ("varchar", "Month, YYYY-MM, as in tables that have a column `month`."),
    "month_of_year": ("integer", "1 to 12."),
    "month_name": ("varchar", "January to December."),
    "first_day_of_month": ("date", "First date of the month."),
    "last_day_of_month": ("date", "Last date of the month."),
    "iso_week": (
        "varchar",
        "ISO week, as in 2026-W47; in the first and last days of a year it may be of another year.",
    ),
    "first_day_of_week": ("date", "The Monday of the ISO week."),
    "day_of_month": ("integer", "1 to 31."),
    "day_of_week": ("integer", "1 (Monday) to 7 (Sunday)."),
    "day_name": ("varchar", "Monday to Sunday."),
    "is_weekend": ("boolean", "Whether it is a Saturday or a Sunday."),
}
DATES_COLUMNS = {name: text for name, (_, text) in _COLUMNS.items()}


def create_dates() -> str:
    """SQL that makes the empty table."""
    columns = ", ".join(f"{name} {kind} not null" for name, (kind, _) in _COLUMNS.items())
    return f"create table marts.{DATES} ({columns}, primary key ({DATES_KEY}))"


def dates_between(first: str, last: str) -> str:
    """SQL of the rows; `first` and `last` are SQL of a date, rows of NULL give none."""
    return f"""
        select
            day, year(day), format('{{}}-Q{{}}', year(day), quarter(day)), quarter(day), strftime(day, '%Y-%m'),
            month(day), monthname(day), cast(date_trunc('month', day) as date), last_day(day), strftime(day, '%G-W%V'),
            cast(date_trunc('week', day) as date), day(day), isodow(day), dayname(day), isodow(day) > 5
        from (
            select cast(unnest(range(
                date_trunc('year', {first}), date_trunc('year', {last}) + interval 1 year, interval 1 day
            )) as date) as day
        )
        order by day"""

"""Raw logs are cut by landing date: the UTC day on which a file arrived."""

from __future__ import annotations

from datetime import date

import dagster as dg

FIRST_LANDING_DATE = date(2020, 1, 1)

# A file can arrive today, before the day is over.
landing_dates = dg.DailyPartitionsDefinition(start_date=FIRST_LANDING_DATE.isoformat(), end_offset=1)


def landing_range_tags(first: date, last: date) -> dict[str, str]:
    """Run tags that make one run cover the landing dates first..last.

    Dagster knows no partition after today by this machine's clock; what lands later than that, by a wrong clock or a
    misnamed folder, is noted under the last partition there is.
    """
    newest = date.fromisoformat(landing_dates.get_last_partition_key() or FIRST_LANDING_DATE.isoformat())
    start, end = (min(max(day, FIRST_LANDING_DATE), newest).isoformat() for day in (first, last))
    return {"dagster/asset_partition_range_start": start, "dagster/asset_partition_range_end": end}

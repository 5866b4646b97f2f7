"""Raw assets are cut by landing date: the UTC day on which a file arrived."""

from __future__ import annotations

from datetime import date

import dagster as dg

landing_dates = dg.DailyPartitionsDefinition(start_date="2020-01-01", end_offset=1)


def landing_range_tags(first: date, last: date) -> dict[str, str]:
    """Run tags that make one run cover the landing dates first..last."""
    return {
        "dagster/asset_partition_range_start": first.isoformat(),
        "dagster/asset_partition_range_end": last.isoformat(),
    }

"""Everything between the landing zone and the site's readers but the models and the pages."""

import zoneinfo

# A zone means what the pinned package tzdata says, in Dagster's schedules too, and never what this machine has.
zoneinfo.reset_tzpath(())
zoneinfo.ZoneInfo.clear_cache()

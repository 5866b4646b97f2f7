"""What time is worth: set in the configuration, shown by the card `roi`."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Roi:
    """What an hour is worth in `currency`, and how many minutes a successful message saves, by task category."""

    hourly_rate: Decimal
    currency: str
    minutes_saved: Mapping[str, Decimal]

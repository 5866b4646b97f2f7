"""Tokens of other kinds than text within an event's input and output, each counted by a meter: a name and a number.

Which of them a model prices apart is the price list's to say; those that nobody does cost what text costs. Meters of
other names are kept and shown, and have no price.
"""

from __future__ import annotations

INPUT_METERS = ("input_audio_tokens", "input_image_tokens", "input_video_tokens")
CACHED_METERS = ("cached_input_audio_tokens", "cached_input_image_tokens", "cached_input_video_tokens")
OUTPUT_METERS = ("output_audio_tokens", "output_image_tokens", "output_video_tokens")
NAME = "[a-z0-9_]{1,100}"


def meter(name: str) -> str:
    """SQL: what a meter of the column `meters` counts, 0 where it is not there."""
    return f"coalesce(TRY_CAST(json_extract_string(meters, '$.{name}') AS BIGINT), 0)"


def _sum(names: tuple[str, ...]) -> str:
    return " + ".join(meter(name) for name in names)


_COUNTS = """map_values(from_json(meters, '"MAP(VARCHAR,BIGINT)"'))"""
_FRESH = "input_tokens - cached_input_tokens - cache_write_input_tokens - cache_write_1h_input_tokens"
_MORE_CACHED = " OR ".join(
    f"{meter(cached)} > {meter(whole)}" for cached, whole in zip(CACHED_METERS, INPUT_METERS, strict=True)
)
METER_RULES = (
    f"list_min({_COUNTS}) < 0",
    f"len(list_filter(json_keys(meters), lambda name: NOT regexp_full_match(name, '{NAME}'))) > 0",
    f"meters IS NOT NULL AND ({_MORE_CACHED})",
    f"meters IS NOT NULL AND {_sum(CACHED_METERS)} > cached_input_tokens",
    f"meters IS NOT NULL AND {_sum(INPUT_METERS)} - ({_sum(CACHED_METERS)}) > {_FRESH}",
    f"meters IS NOT NULL AND {_sum(OUTPUT_METERS)} > output_tokens - reasoning_tokens",
)
"""Conditions that condemn a row by its meters: each kind of token is a part of the tokens that it is counted among."""

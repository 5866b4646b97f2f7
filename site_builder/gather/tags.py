"""Rows of the tags card."""

from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows


class TagUse(NamedTuple):
    """Sums over a span by a tag's key and value; `(none)`: usage without the key, of tenants that have it anywhere."""

    tag_key: str
    tag_value: str
    requests: int
    runs: int
    calls: int
    total_tokens: int
    credits: Decimal


class TagShare(NamedTuple):
    """A virtual tag's value in a month: what was divided among others, what it received, and its credits then."""

    tag_key: str
    tag_value: str
    given_credits: Decimal
    received_credits: Decimal
    credits: Decimal


# A virtual tag stands for one of the same key that events carry.
_TAGS = """
    with tags as (
        select tenant_id, usage_date, tag_key, tag_value, requests, runs, calls, total_tokens, credits
        from marts.mart_virtual_tag_daily
        union all
        select tenant_id, usage_date, tag_key, tag_value, requests, runs, calls, total_tokens, credits
        from marts.mart_tag_daily
        where tag_key not in (select tag_key from marts.mart_virtual_tag_daily)
    )
    select s.span, m.tag_key, m.tag_value, sum(m.requests) as requests, sum(m.runs) as runs, sum(m.calls) as calls,
        sum(m.total_tokens)::hugeint as total_tokens, sum(m.credits) as credits
    from span_days as s
    inner join tags as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    group by s.span, m.tag_key, m.tag_value
    order by s.span, m.tag_key, sum(m.credits) desc, sum(m.requests) desc, m.tag_value
"""

# Whole months alone, or months to date: parts of a month have no division.
_TAG_SHARES = """
    with months as (
        select distinct s.span, s.tenant_id, s.month
        from span_days as s
        inner join wanted_spans as w on w.span = s.span
        where s.is_report and day(w.first) = 1 and strftime(w.first, '%Y-%m') = s.month
    )
    select s.span, m.tag_key, m.tag_value, sum(m.given_credits) as given_credits,
        sum(m.received_credits) as received_credits, sum(m.credits) as credits
    from months as s
    inner join marts.mart_virtual_tag_monthly as m on m.tenant_id = s.tenant_id and m.month = s.month
    group by s.span, m.tag_key, m.tag_value
    order by s.span, m.tag_key, sum(m.credits) desc, m.tag_value
"""

ROWS = (Rows("tags", TagUse, _TAGS), Rows("tag_shares", TagShare, _TAG_SHARES))

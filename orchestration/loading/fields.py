"""The native sources, field by field: the one place from which the loader's SQL is generated.

A field's `kind` says what its values are:

    text     characters, kept as they are
    integer  whole number within ±(2^53 - 1), BIGINT
    decimal  number below 10^12, rounded half away from zero to 6 digits, DECIMAL(18,6)
    time     RFC 3339 with an offset, from 2000-01-01 to before 9999-12-31, a UTC TIMESTAMP
    date     YYYY-MM-DD, from 2000-01-01 to 9999-12-31, DATE
    tags     an object whose values are text, kept as JSON text
    meters   an object whose values are whole numbers, kept as JSON text, without those that are 0

Rules and defaults are SQL over the typed columns. A rule that answers NULL is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestration.loading.meters import METER_RULES

Kind = Literal["text", "integer", "decimal", "time", "date", "tags", "meters"]

SQL_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,6)",
    "time": "TIMESTAMP",
    "date": "DATE",
    "tags": "VARCHAR",
    "meters": "VARCHAR",
}
# Kinds whose values are JSON objects.
OBJECTS = ("tags", "meters")


@dataclass(frozen=True)
class Field:
    """One field of a source. `default` and `others` are SQL expressions, `least` and `most` inclusive bounds.

    is_read: whether its value is wanted; of one that is only known by name a long value may be left out.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None
    others: str | None = None
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    is_read: bool = True


@dataclass(frozen=True)
class Rule:
    """A condition that condemns a row, and the field that people are pointed to."""

    field: str
    broken: str


@dataclass(frozen=True)
class RecordSchema:
    """A native source: its fields in the column order of the lake, and the rules between them.

    `clock` names the field that may not lie later than two days after landing; `missing` holds the conditional
    requirements (over the texts as given: NULL is absent), `bad` the conditions for a bad value (over typed values).
    """

    name: str
    fields: tuple[Field, ...]
    clock: str
    missing: tuple[Rule, ...] = ()
    bad: tuple[Rule, ...] = ()

    @property
    def table(self) -> str:
        """The temporary table that the reader fills."""
        return f"landed_{self.name}"


def _identity(name: str) -> Field:
    return Field(name, required=True, longest=200)


_TENANT = Field("tenant_id", required=True, longest=100)
_REVISION = Field("revision", "integer", default="0", least=0)


def _count(name: str) -> Field:
    return Field(name, "integer", default="0", least=0)


def _amount(name: str) -> Field:
    return Field(name, "decimal", least=0)


USAGE = RecordSchema(
    name="usage",
    fields=(
        _TENANT,
        _identity("event_id"),
        Field("occurred_at", "time", required=True),
        Field("event_type", values=("request", "run", "call"), default="'request'"),
        Field("environment", values=("live", "playground"), default="'live'"),
        Field(
            "channel",
            values=("chat", "workflow", "agent", "app", "api", "phone"),
            others="'other'",
            default="CASE WHEN event_type = 'call' THEN 'phone' ELSE 'chat' END",
        ),
        Field("team_id"),
        Field("user_id"),
        Field("project_id"),
        Field("item_id"),
        Field("task_category"),
        Field("model_id"),
        Field("provider"),
        _count("input_tokens"),
        _count("output_tokens"),
        _count("cached_input_tokens"),
        _count("cache_write_input_tokens"),
        _count("cache_write_1h_input_tokens"),
        _count("reasoning_tokens"),
        Field("meters", "meters"),
        _amount("credits"),
        _amount("input_credits"),
        _amount("output_credits"),
        _amount("cost_usd"),
        Field("latency_ms", "integer", least=0),
        Field("status", values=("success", "error"), default="'success'"),
        Field("error_type"),
        Field("user_rating", "integer", least=1, most=5),
        Field("duration_s", "integer", least=0),
        Field("direction", values=("inbound", "outbound")),
        Field("tags", "tags"),
        _REVISION,
    ),
    clock="occurred_at",
    missing=(Rule("model_id", "model_id IS NULL AND coalesce(event_type, 'request') = 'request'"),),
    bad=(
        Rule("cached_input_tokens", "cached_input_tokens > input_tokens"),
        Rule("cache_write_input_tokens", "cached_input_tokens + cache_write_input_tokens > input_tokens"),
        Rule(
            "cache_write_1h_input_tokens",
            "cached_input_tokens + cache_write_input_tokens + cache_write_1h_input_tokens > input_tokens",
        ),
        Rule("reasoning_tokens", "reasoning_tokens > output_tokens"),
        *(Rule("meters", broken) for broken in METER_RULES),
        Rule("input_credits", "input_credits IS NULL AND output_credits IS NOT NULL"),
        Rule("output_credits", "output_credits IS NULL AND input_credits IS NOT NULL"),
        Rule("credits", "input_credits + CAST(output_credits AS DECIMAL(19,6)) <> credits"),
    ),
)

BILLING = RecordSchema(
    name="billing",
    fields=(
        _identity("billing_id"),
        _TENANT,
        Field("occurred_at", "time", required=True),
        Field(
            "kind",
            required=True,
            values=(
                "plan_grant",
                "topup",
                "auto_recharge",
                "promo_grant",
                "refund",
                "adjustment",
                "invoice",
                "payment",
            ),
        ),
        Field("credits", "decimal"),
        Field("pool", values=("plan", "topup", "promo")),
        Field("amount", "decimal"),
        Field("tax_amount", "decimal"),
        Field("currency"),
        Field("expires_on", "date"),
        Field("priority", "integer"),
        Field("period_start", "date"),
        Field("period_end", "date"),
        Field("invoice_id"),
        Field("corrects_invoice_id"),
        Field("due_on", "date"),
        Field("description"),
        _REVISION,
    ),
    clock="occurred_at",
    missing=(Rule("credits", "credits IS NULL AND kind NOT IN ('invoice', 'payment')"),),
    bad=(
        Rule("credits", "credits < 0 AND kind IN ('plan_grant', 'topup', 'auto_recharge', 'promo_grant')"),
        Rule("currency", "NOT regexp_full_match(currency, '[A-Z]{3}')"),
        Rule("period_end", "period_end <= period_start"),
    ),
)

JOBS = RecordSchema(
    name="jobs",
    fields=(
        _identity("job_run_id"),
        Field("job_id", required=True),
        Field("job_name"),
        Field("job_type", required=True),
        _TENANT,
        Field("started_at", "time", required=True),
        Field("ended_at", "time"),
        Field("status", required=True, values=("success", "error", "running")),
        _amount("quantity"),
        _amount("unit_price_credits"),
        _amount("credits"),
        Field("error_message"),
        _REVISION,
    ),
    clock="started_at",
    bad=(Rule("ended_at", "ended_at < started_at"),),
)

NATIVE_SCHEMAS: dict[str, RecordSchema] = {source.name: source for source in (USAGE, BILLING, JOBS)}

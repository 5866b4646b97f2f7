"""The reference data's tables, column by column: what `directory/<name>.csv` holds and what its values must be."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.loading.directory.mutes import ALERT_KINDS, EVERY_KIND, SUBJECT_TYPES

SQL_TYPES = {
    "text": "varchar",
    "choice": "varchar",
    "tenant": "varchar",
    "zone": "varchar",
    "currency": "varchar",
    "month": "varchar",
    "decimal": "decimal(18,6)",
    "rate": "decimal(24,12)",
    "count": "bigint",
    "local_time": "timestamp",
    "utc_time": "timestamp",
    "date": "date",
}


@dataclass(frozen=True)
class Column:
    """A column of a directory file. Empty cells are NULL, or `default`; a required one may not be empty.

    kind: a key of SQL_TYPES. tenant: an id that tenants.csv has; zone: an IANA time zone; month: YYYY-MM or `*`;
    decimal: scale 6, rate: scale 12, not negative; count: whole number, not negative; local_time: a time or date,
    without offset in the tenant's zone; utc_time: the same in UTC.
    """

    name: str
    kind: str = "text"
    required: bool = False
    default: str | None = None
    choices: tuple[str, ...] = ()
    positive: bool = False

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.kind]


@dataclass(frozen=True)
class DirectoryTable:
    """One file of the directory. `key` names the columns no two rows may share.

    is_dated: its rows tell of a model what it has from `valid_from` on, and those of closed dates are kept (`in_force`)
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_dated: bool = False

    @property
    def path(self) -> str:
        return f"directory/{self.name}.csv"

    @property
    def table(self) -> str:
        return f"lake.directory_{self.name}"

    @property
    def in_force(self) -> str:
        """The table of the rows that count, by the local dates for whose events they do."""
        return f"lake.{self.name}_in_force"

    @property
    def in_force_columns(self) -> str:
        """SQL of its columns."""
        values = ", ".join(f"{column.name} {column.sql_type}" for column in self.columns)
        return f"first_date date, last_date date, is_in_force boolean, {values}"

    @property
    def values(self) -> tuple[str, ...]:
        """The columns beside the key."""
        return tuple(column.name for column in self.columns if column.name not in self.key)

    @property
    def incoming(self) -> str:
        """The temporary table that holds what the file says now."""
        return f"incoming_{self.name}"


def _of_tenant(name: str, key: tuple[str, ...], *columns: Column) -> DirectoryTable:
    return DirectoryTable(name, ("tenant_id", *key), (Column("tenant_id", "tenant", required=True), *columns))


def _needed(name: str, kind: str = "text", **more: object) -> Column:
    return Column(name, kind, required=True, **more)  # type: ignore[arg-type]


TENANTS = DirectoryTable(
    "tenants",
    ("tenant_id",),
    (
        _needed("tenant_id"),
        _needed("tenant_name"),
        Column("timezone", "zone", default="UTC"),
        Column("currency", "currency", default="USD"),
        Column("plan"),
        Column("credit_price", "decimal"),
        Column("billing_mode", "choice", default="prepaid", choices=("prepaid", "postpaid")),
        Column("seats", "count"),
        Column("item_slots", "count"),
        Column("created_at", "local_time"),
        Column("admin_email"),
        Column("next_billing_date", "date"),
        Column("burn_order", "choice", choices=("expiry", "pool", "age")),
    ),
)

# Tenants come first: the others are read in their tenant's zone.
DIRECTORY_TABLES: tuple[DirectoryTable, ...] = (
    TENANTS,
    _of_tenant(
        "credit_prices",
        ("valid_from",),
        _needed("valid_from", "date"),
        _needed("credit_price", "decimal"),
        Column("currency", "currency"),
    ),
    _of_tenant("teams", ("team_id",), _needed("team_id"), _needed("team_name"), Column("department")),
    _of_tenant(
        "users",
        ("user_id",),
        _needed("user_id"),
        Column("user_name"),
        Column("email"),
        Column("team_id"),
        Column("role"),
        Column("signed_up_at", "local_time"),
    ),
    _of_tenant(
        "items",
        ("item_id",),
        _needed("item_id"),
        _needed("item_type", "choice", choices=("assistant", "agent", "workflow", "app", "phone_agent")),
        _needed("item_name"),
        Column("created_by"),
        Column("created_at", "local_time"),
        Column("retired_at", "local_time"),
    ),
    DirectoryTable(
        "models", ("model_id",), (_needed("model_id"), Column("model_name"), Column("provider"), Column("family"))
    ),
    DirectoryTable(
        "rates",
        ("model_id", "valid_from"),
        (
            _needed("model_id"),
            _needed("valid_from", "utc_time"),
            Column("multiplier", "decimal"),
            Column("credits_per_1k_input", "decimal"),
            Column("credits_per_1k_output", "decimal"),
        ),
        is_dated=True,
    ),
    DirectoryTable(
        "prices",
        ("model_id", "valid_from"),
        (
            _needed("model_id"),
            _needed("valid_from", "utc_time"),
            Column("usd_per_m_input", "decimal"),
            Column("usd_per_m_cached_input", "decimal"),
            Column("usd_per_m_cache_write", "decimal"),
            Column("usd_per_m_cache_write_1h", "decimal"),
            Column("usd_per_m_output", "decimal"),
            Column("usd_per_request", "decimal"),
        ),
        is_dated=True,
    ),
    _of_tenant(
        "budgets",
        ("scope", "scope_id", "month"),
        _needed("scope", "choice", choices=("tenant", "team", "user", "project")),
        Column("scope_id"),
        _needed("month", "month"),
        _needed("credits", "decimal", positive=True),
    ),
    _of_tenant(
        "trainings",
        ("user_id", "training_id"),
        _needed("user_id"),
        _needed("training_id"),
        Column("training_name"),
        Column("completed_at", "local_time"),
    ),
    DirectoryTable(
        "subscriptions",
        ("email", "scope", "tenant_id", "cadence"),
        (
            _needed("email"),
            _needed("scope", "choice", choices=("all", "tenant")),
            Column("tenant_id", "tenant"),
            _needed("cadence", "choice", choices=("daily", "weekly", "monthly")),
            Column("attach", "choice", choices=("pdf",)),
        ),
    ),
    DirectoryTable(
        "fx_rates",
        ("date", "currency"),
        (_needed("date", "date"), _needed("currency", "currency"), _needed("usd_per_unit", "rate", positive=True)),
    ),
    _of_tenant(
        "alert_mutes",
        ("kind", "subject_type", "subject_id", "muted_from"),
        _needed("kind", "choice", choices=(EVERY_KIND, *ALERT_KINDS)),
        Column("subject_type", "choice", choices=SUBJECT_TYPES),
        Column("subject_id"),
        _needed("muted_from", "date"),
        Column("muted_until", "date"),
        _needed("muted_by"),
        _needed("note"),
    ),
)

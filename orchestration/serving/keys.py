"""One column that joins a table with a dimension, for tools that join by one column only.

A key is a hash, since BI tools compare texts without case and blanks at the end: ids that differ in no more than that
would be one member. It is the same in every run and table, so that extracts of different days fit together.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from orchestration.loading.lake.lake import quoted

NONE = "(none)"


@dataclass(frozen=True)
class Dimension:
    """A table of members: its `table`, its `key`, the columns that the key stands for, and the name for people."""

    table: str
    key: str
    columns: tuple[str, ...]
    label: str

    @property
    def is_of_tenants(self) -> bool:
        """Whether each tenant has members of its own."""
        return len(self.columns) > 1

    def is_named_by(self, columns: Collection[str]) -> bool:
        """Whether rows of these columns name a member."""
        return set(self.columns) <= set(columns)

    def expression(self, alias: str) -> str:
        """SQL of the key, for rows of `alias`: MD5 of the id, of a tenant's own after the MD5 of the tenant."""
        *tenant, own = (f"coalesce({alias}.{quoted(column)}, '{NONE}')" for column in self.columns)
        return f"md5({''.join(f'md5({column_sql}) || ' for column_sql in tenant)}{own})"

    @property
    def key_text(self) -> str:
        """What the dimension's own key is, in words."""
        return f"Key to join by: one column for {' and '.join(self.columns)}."

    @property
    def text(self) -> str:
        """What the key is in other tables, in words."""
        return f"Joins with {self.table}: one column for {' and '.join(self.columns)}."


DIMENSIONS = (
    Dimension("dim_tenants", "tenant_key", ("tenant_id",), "tenant_name"),
    Dimension("dim_models", "model_key", ("model_id",), "model_name"),
    Dimension("dim_teams", "team_key", ("tenant_id", "team_id"), "team_name"),
    Dimension("dim_users", "user_key", ("tenant_id", "user_id"), "user_name"),
    Dimension("dim_items", "item_key", ("tenant_id", "item_id"), "item_name"),
)

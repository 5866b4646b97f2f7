"""The sources of the landing zone. To add one: write its reader and name it here.

Whatever else a source needs is compared with this list by tests/orchestration/loading/test_sources.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import duckdb

from orchestration.loading.foreign.litellm_files import read_litellm
from orchestration.loading.readers.read import read_files
from orchestration.loading.work_tables import ReadTables
from orchestration.loading.zone.landing import LandedFile
from orchestration.progress import Progress

Reader = Callable[[duckdb.DuckDBPyConnection, Sequence[LandedFile], Progress, ReadTables], None]


@dataclass(frozen=True)
class Source:
    """A kind of log: one top-level folder of the landing zone, one table of the lake.

    name: the folder; its reader fills the temporary table landed_<name>
    table: the view in schema lake
    id_column, at_column: identity (with the tenant) and time of a row
    key: SQL for what rows that may tell of one event have in common; empty: the id alone. One id has one key
    told_apart: SQL for what tells events of one key apart, NULL where a row does not know; empty: a key is one event.
        Of the rows of a key and second that do not know, the first, second, … in the order of their ids are the first,
        second, … event of that key and second that another form tells of, else events of their own
    form: SQL for the form of the log that a row comes from, where told_apart is given
    reading: how its files are read; raised when the same file gives other rows than before, so that all are read again
    preferred: SQL condition; of versions of one row that are equal in revision, one that meets it counts
    model: SQL for the model that the price list is asked for, beside the column `provider` (NULL: none); empty: rows
        use no model
    lacks_cost: SQL condition; the provider's cost of such a row is not known and has to be estimated
    people: the columns that name people by their id: they get pseudonyms, and can be forgotten
    staging: the dbt model that brings its rows to the others
    is_usage: whether its rows are usage events
    read: fills landed_<name>, and what was found in each file; with no files it only creates the tables
    """

    name: str
    table: str
    id_column: str
    at_column: str
    read: Reader
    preferred: str = "true"
    model: str = ""
    lacks_cost: str = "false"
    key: str = ""
    told_apart: str = ""
    form: str = "true"
    reading: int = 1
    people: tuple[str, ...] = field(kw_only=True)
    staging: str = field(kw_only=True)
    is_usage: bool = field(kw_only=True)

    @property
    def landed(self) -> str:
        return f"landed_{self.name}"

    @property
    def key_hash(self) -> str:
        """SQL for the hash by which versions of a row are found."""
        return f"hash(tenant_id, {self.key or self.id_column})"

    @property
    def table_aside(self) -> str:
        """The table of versions that lost, and of rows that are held back."""
        return f"{self.table}_aside"


def _read_native(
    source: str, con: duckdb.DuckDBPyConnection, files: Sequence[LandedFile], progress: Progress, into: ReadTables
) -> None:
    read_files(con, source, files, progress, into)


SOURCES: tuple[Source, ...] = (
    Source(
        "usage",
        "usage_events",
        "event_id",
        "occurred_at",
        partial(_read_native, "usage"),
        model="model_id",
        lacks_cost="cost_usd is null",
        reading=3,
        people=("user_id",),
        staging="stg_native__usage_events",
        is_usage=True,
    ),
    Source(
        "billing",
        "billing_events",
        "billing_id",
        "occurred_at",
        partial(_read_native, "billing"),
        reading=2,
        people=(),
        staging="stg_native__billing_events",
        is_usage=False,
    ),
    Source(
        "jobs",
        "job_runs",
        "job_run_id",
        "started_at",
        partial(_read_native, "jobs"),
        preferred="status <> 'running'",
        people=(),
        staging="stg_native__job_runs",
        is_usage=False,
    ),
    Source(
        "litellm",
        "litellm_requests",
        "event_id",
        "occurred_at",
        read_litellm,
        model="listed_model",
        lacks_cost="coalesce(spend_usd, 0) = 0",
        key="coalesce(call_key, event_id)",
        told_apart="call_id",
        form="revision > 0",
        reading=4,
        people=("key_owner_id", "end_user_id"),
        staging="stg_litellm__spend_logs",
        is_usage=True,
    ),
)

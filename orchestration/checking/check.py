"""Checks of a finished warehouse and site, for `tallybook check` and for the asset checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.building.build import built_variables
from orchestration.building.dbt_runner import NodeResult, run_dbt
from orchestration.building.lake_state import audit_lake
from orchestration.building.state import require_marts
from orchestration.errors import TallybookError
from orchestration.loading.sources import SOURCES
from orchestration.progress import Progress
from orchestration.published import read_manifest
from orchestration.serving.faults import serving_faults
from orchestration.settings import Settings
from orchestration.warehouse import opened
from orchestration.writer_lock import writer_lock

_UNACCOUNTED_FILES = """
    select load_audit.file, rows_read, accepted, duplicates, quarantined, count(quarantine.file)
    from audit.load_audit left join audit.quarantine on quarantine.file = load_audit.file
    group by all
    having rows_read != accepted + duplicates + quarantined or least(accepted, duplicates, quarantined) < 0
        or quarantined != count(quarantine.file)
    order by all"""
_UNACCOUNTED_SOURCES = """
    with in_lake as ({in_lake}),
    accepted as (select source, sum(accepted) as rows from audit.load_audit where not held_back group by source)
    select in_lake.source, coalesce(accepted.rows, 0)::bigint, in_lake.rows
    from in_lake left join accepted on accepted.source = in_lake.source
    where coalesce(accepted.rows, 0) != in_lake.rows
    order by all"""


@dataclass(frozen=True)
class Findings:
    """How many checks ran, and one line for each that failed."""

    checks: int
    faults: tuple[str, ...]


def check(settings: Settings, progress: Progress) -> Findings:
    """Look at every file of the lake; then run every dbt data test, the audit's sums, the site's hashes and links, the
    serving file's sums.

    On a damaged lake no test could say more. Raises UnbuiltError where the marts are half-built.
    """
    require_marts(settings.warehouse)
    with writer_lock(settings.warehouse):
        damaged = audit_lake(settings.warehouse)
    if damaged:
        return Findings(checks=1, faults=tuple(damaged))
    done = 0

    def on_node(node: object) -> None:
        nonlocal done
        done += 1
        progress("checks", done, 0)

    # Of the events as rated nothing is kept to look at, once the run that rated them is over.
    tests = _data_tests(settings, ["--exclude", "tag:of_this_run"], on_node)
    faults = [*tests.faults, *audit_faults(settings.warehouse), *site_faults(settings.site)]
    if settings.serving:
        faults += serving_faults(settings.warehouse)
    return Findings(checks=tests.checks + (4 if settings.serving else 3), faults=tuple(faults))


def _data_tests(settings: Settings, selection: Sequence[str], on_node: Callable[[NodeResult], None]) -> Findings:
    with writer_lock(settings.warehouse):
        nodes = run_dbt(
            ["test", "--exclude-resource-type", "unit_test", *selection],
            warehouse=settings.warehouse,
            target=settings.dbt_target,
            variables=built_variables(settings.warehouse),
            on_node=on_node,
        )
    faults = [
        f"dbt test {node.name}: {node.message}" for node in nodes if node.status not in ("pass", "warn", "success")
    ]
    return Findings(checks=len(nodes), faults=tuple(faults))


def audit_faults(warehouse: Path) -> list[str]:
    """Where the audit does not account for every row read, or is not what lake and quarantine hold; lines to read."""
    with opened(warehouse, read_only=True) as con:
        files = con.execute(_UNACCOUNTED_FILES).fetchall()
        in_lake = " union all ".join(
            f"select '{source.name}' as source, count(*) as rows from lake.{source.table}" for source in SOURCES
        )
        sources = con.execute(_UNACCOUNTED_SOURCES.format(in_lake=in_lake)).fetchall()
    return [
        f"{file}: {read} rows read, but {accepted} accepted + {duplicates} duplicates + {quarantined} quarantined, "
        f"and {held} rows in quarantine"
        for file, read, accepted, duplicates, quarantined, held in files
    ] + [f"{source}: {accepted} rows accepted, but {rows} in the lake" for source, accepted, rows in sources]


def site_faults(site: Path) -> list[str]:
    """Files of a published site that are not as its manifest lists them or not listed, and links that lead nowhere."""
    from orchestration.checking.verify import file_faults
    from site_builder.files.links import broken_links

    published = read_manifest(site)
    if not published.files:
        raise TallybookError(f"{site} holds no published site (no manifest.json)")
    return [*file_faults(site, published), *broken_links(site)]

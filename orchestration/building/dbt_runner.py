"""dbt in this process, with a manifest that is kept until the project changes.

Starting the dbt command line costs seconds per call; parsing the project costs seconds more. Both are paid once per
change of the project instead.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.building.dbt_patches import (
    LISTENED_TO,
    are_wanted,
    import_dbt,
    with_a_checked_project,
    without_garbage_hunts,
)
from orchestration.building.dbt_templates import KeptTemplates
from orchestration.errors import TallybookError
from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT


def _kept_dir(env: Mapping[str, str]) -> Path:
    """Where dbt's parsed project is kept: TALLYBOOK_DBT_CACHE, else a checkout's own folder, else the user's cache.

    Nothing is ever written beside installed code.
    """
    if env.get("TALLYBOOK_DBT_CACHE"):
        return Path(env["TALLYBOOK_DBT_CACHE"]).absolute()
    if (PROJECT_ROOT / "pyproject.toml").is_file():
        return DBT_PROJECT_DIR / "target"
    cache = Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "tallybook" / hashlib.sha256(str(DBT_PROJECT_DIR).encode()).hexdigest()[:12]


KEPT_DIR = _kept_dir(os.environ)
MANIFEST_JSON = KEPT_DIR / "manifest.json"
_PARSED = KEPT_DIR / "manifest.pickle"
_PARSE_ONLY = "parse_only"
_FINGERPRINT = KEPT_DIR / "fingerprint"
_PROJECT_ENDINGS = (".sql", ".yml", ".md", ".csv")


class DbtError(TallybookError):
    """dbt could not run, or a model or test failed."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node. status: success, pass, fail, error, warn or skipped; seconds: wall time."""

    unique_id: str
    name: str
    kind: str
    status: str
    seconds: float
    failures: int
    message: str


def project_fingerprint() -> str:
    """SHA-256 over the dbt project's own files and the version of dbt that reads them."""
    digest = hashlib.sha256(version("dbt-core").encode())
    for path in sorted(_project_files()):
        digest.update(str(path.relative_to(DBT_PROJECT_DIR)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _project_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(DBT_PROJECT_DIR):
        folders[:] = [name for name in folders if Path(folder, name) != KEPT_DIR]
        yield from (Path(folder, name) for name in names if name.endswith(_PROJECT_ENDINGS))


def ensure_manifest() -> Path:
    """The path of an up-to-date manifest.json, parsing the project only where it changed since. Raises DbtError.

    Where nothing can be written, as in an image that runs with a read-only root, what was parsed before is taken.
    """
    if not _can_keep() and _is_kept(project_fingerprint()):
        return MANIFEST_JSON
    try:
        KEPT_DIR.mkdir(parents=True, exist_ok=True)
        locked = (KEPT_DIR / "lock").open("w")
    except OSError as error:
        raise DbtError(
            f"{KEPT_DIR} cannot be written to ({error.strerror}), where dbt's parsed project is kept: "
            "set TALLYBOOK_DBT_CACHE to a folder that can be written"
        ) from error
    with locked as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fingerprint = project_fingerprint()
        if not _is_kept(fingerprint):
            _FINGERPRINT.unlink(missing_ok=True)
            KeptTemplates.forget(KEPT_DIR)
            _keep(_invoke(["parse"], warehouse=KEPT_DIR / f"{_PARSE_ONLY}.duckdb", target=KEPT_DIR, manifest=None))
            _FINGERPRINT.write_text(fingerprint, encoding="ascii")
    return MANIFEST_JSON


def _can_keep() -> bool:
    return not KEPT_DIR.is_dir() or os.access(KEPT_DIR, os.W_OK)


def _is_kept(fingerprint: str) -> bool:
    kept = _FINGERPRINT.read_text(encoding="ascii") if _FINGERPRINT.exists() else ""
    return kept == fingerprint and MANIFEST_JSON.exists() and _PARSED.exists()


def run_dbt(
    command: Sequence[str],
    *,
    warehouse: Path,
    target: Path,
    variables: Mapping[str, Any],
    on_node: Callable[[NodeResult], None] = lambda node: None,
) -> list[NodeResult]:
    """Run one dbt command (such as `["build"]`) on the warehouse; the results in the order they finished.

    target: the folder in which dbt leaves compiled SQL, manifest.json and run_results.json of the command, as ever.
    Raises DbtError where dbt itself fails; failed models and tests are in the result for the caller to judge.
    """
    args = [*command, "--vars", json.dumps(dict(variables))]
    finished: list[NodeResult] = []

    def on_event(event: Any) -> None:
        if event.info.name == LISTENED_TO:
            result = _node_result(event.data)
            finished.append(result)
            on_node(result)

    are_patched = are_wanted()
    with without_garbage_hunts() if are_patched else nullcontext():
        if are_patched:
            import_dbt()
        ensure_manifest()
        with _checked_project() if are_patched else nullcontext():
            _invoke(args, warehouse=warehouse, target=target, manifest=_manifest_for(warehouse), callbacks=[on_event])
    return finished


@contextmanager
def _checked_project() -> Iterator[None]:
    templates = KeptTemplates(KEPT_DIR)
    with with_a_checked_project(templates):
        yield
    if _can_keep():
        templates.save()


def _keep(manifest: Any) -> None:
    """Write the manifest down. dbt's own form of it takes ten times as long to read; the files are for a parse only."""
    kept = {field.name: getattr(manifest, field.name) for field in fields(manifest) if not field.name.startswith("_")}
    _PARSED.write_bytes(pickle.dumps({**kept, "files": {}}))


def _manifest_for(warehouse: Path) -> Any:
    """The kept manifest, its relations in the database that DuckDB names after the warehouse's file."""
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest(**pickle.loads(_PARSED.read_bytes()))
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        if node.database != _PARSE_ONLY:
            continue  # in a database of its own
        node.database = warehouse.stem
        if node.relation_name:
            node.relation_name = _in_database(warehouse, node.relation_name)
    for model in manifest.semantic_models.values():
        place = model.node_relation
        if place is not None and place.relation_name is not None:
            place.database, place.relation_name = warehouse.stem, _in_database(warehouse, place.relation_name)
    return manifest


def _in_database(warehouse: Path, relation_name: str) -> str:
    return relation_name.replace(f'"{_PARSE_ONLY}"', f'"{warehouse.stem}"', 1)


def _invoke(
    args: Sequence[str],
    *,
    warehouse: Path,
    target: Path,
    manifest: Any,
    callbacks: Sequence[Callable[[Any], None]] = (),
) -> Any:
    from dbt.cli.main import dbtRunner

    flags = ["--no-use-colors", "--no-send-anonymous-usage-stats", "--no-version-check"]
    flags += ["--log-level", "none", "--log-level-file", "none", "--log-path", str(target), "--write-json"]
    places = [
        "--project-dir",
        str(DBT_PROJECT_DIR),
        "--profiles-dir",
        str(DBT_PROJECT_DIR),
        "--target-path",
        str(target),
    ]
    with _environment(TALLYBOOK_WAREHOUSE=str(warehouse)):
        try:
            result = dbtRunner(manifest=manifest, callbacks=list(callbacks)).invoke([*flags, *args, *places])
        finally:
            _let_go_of_the_file()
    if result.exception is not None:
        raise DbtError(f"dbt {args[0]}: {_one_line(str(result.exception))}")
    return result.result


def _let_go_of_the_file() -> None:
    """The adapter keeps its DuckDB open for the next command; readers of this process need it closed."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    if DuckDBConnectionManager._ENV is not None:
        DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()


def _node_result(data: Any) -> NodeResult:
    info = data.node_info
    return NodeResult(
        unique_id=info.unique_id,
        name=info.node_name,
        kind=info.resource_type,
        status=data.run_result.status,
        seconds=round(data.run_result.execution_time, 3),
        failures=data.run_result.num_failures,
        message=_one_line(data.run_result.message),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

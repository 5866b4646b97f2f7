from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.writer_lock import WarehouseBusyError, writer_lock

_TRY = (
    "import sys; from pathlib import Path; from orchestration.writer_lock import writer_lock\n"
    "with writer_lock(Path(sys.argv[1])): print('held')"
)


def _try_elsewhere(warehouse: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", _TRY, str(warehouse)], capture_output=True, text=True, check=False)


def test_a_second_process_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    with writer_lock(warehouse):
        refused = _try_elsewhere(warehouse)
    assert refused.returncode != 0
    assert "WarehouseBusyError" in refused.stderr
    assert "is being written by process" in refused.stderr


def test_the_lock_is_free_after_the_block(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    with writer_lock(warehouse):
        pass
    assert _try_elsewhere(warehouse).stdout.strip() == "held"


def test_the_holder_may_enter_again(tmp_path: Path) -> None:
    warehouse = tmp_path / "w.duckdb"
    with writer_lock(warehouse), writer_lock(warehouse):
        assert _try_elsewhere(warehouse).returncode != 0


def test_two_warehouses_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with writer_lock(tmp_path / "a.duckdb"):
        assert _try_elsewhere(tmp_path / "b.duckdb").stdout.strip() == "held"


def test_the_refusal_is_for_people(tmp_path: Path) -> None:
    assert issubclass(WarehouseBusyError, Exception)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _TRY.replace("print('held')", "print('held', flush=True); input()"),
            str(tmp_path / "w.duckdb"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None and holder.stdin is not None
    assert holder.stdout.readline().strip() == "held"
    try:
        with pytest.raises(WarehouseBusyError, match=str(holder.pid)), writer_lock(tmp_path / "w.duckdb"):
            pass
    finally:
        holder.communicate("\n")

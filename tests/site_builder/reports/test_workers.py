"""Workers: every number is done once, and a process that dies costs the number that it was at."""

import os
import signal
from pathlib import Path

from site_builder.reports.workers import Died, done_by_workers


def test_every_number_is_done_once() -> None:
    assert sorted(done_by_workers(range(20), lambda number: number * number, 3)) == [(n, n * n) for n in range(20)]


def test_a_worker_that_dies_costs_its_number_alone() -> None:
    def work(number: int) -> int:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 5:
            os._exit(7)
        return number

    done = dict(done_by_workers(range(8), work, 2))
    assert {number for number, result in done.items() if isinstance(result, Died)} == {3, 5}
    assert done[3] == Died("its process was ended by SIGKILL, as where memory runs out")
    assert done[5] == Died("its process ended with exit code 7")
    assert [done[number] for number in (0, 1, 2, 4, 6, 7)] == [0, 1, 2, 4, 6, 7]


def test_one_that_died_for_want_of_room_is_done_alone(tmp_path: Path) -> None:
    def work(number: int) -> int:
        if number == 2 and not (tmp_path / "once").exists():
            (tmp_path / "once").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    assert dict(done_by_workers(range(4), work, 2)) == {number: number for number in range(4)}

"""Forked processes that do one numbered piece of work at a time; one that dies costs the piece that it was at."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Died:
    """Instead of a result: the process that was at it ended; `reason` says how."""

    reason: str


@dataclass
class _Worker(Generic[T]):
    process: BaseProcess
    pipe: Connection
    number: int = -1

    def begin(self, number: int) -> None:
        self.number = number
        with suppress(OSError):  # where it has died, that shows when its answer is waited for
            self.pipe.send(number)

    def answer(self) -> T | Died:
        try:
            result: T = self.pipe.recv()
            return result
        except (EOFError, OSError):
            self.process.join()
            return Died(_how_it_ended(self.process.exitcode))

    def end(self) -> None:
        self.pipe.close()
        self.process.terminate()
        self.process.join()


def done_by_workers(numbers: Iterable[int], work: Callable[[int], T], workers: int) -> Iterator[tuple[int, T | Died]]:
    """Each number with the result of `work` on it, as they come in.

    What a process died of may have been the others' need of memory: its number is tried once more, alone.
    """
    again = []
    for number, result in _once(numbers, work, workers):
        if isinstance(result, Died):
            again.append(number)
        else:
            yield number, result
    yield from _once(sorted(again), work, 1)


def _once(numbers: Iterable[int], work: Callable[[int], T], workers: int) -> Iterator[tuple[int, T | Died]]:
    waiting = deque(numbers)
    busy: dict[Connection, _Worker[T]] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                worker = _start(work)
                busy[worker.pipe] = worker
                worker.begin(waiting.popleft())
            for pipe in wait(list(busy)):
                assert isinstance(pipe, Connection)
                worker = busy[pipe]
                number, result = worker.number, worker.answer()
                if waiting and not isinstance(result, Died):
                    worker.begin(waiting.popleft())
                else:
                    del busy[pipe]
                    worker.end()
                yield number, result
    finally:
        for worker in busy.values():
            worker.end()


def _start(work: Callable[[int], T]) -> _Worker[T]:
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, ours, work), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _serve(pipe: Connection, others_end: Connection, work: Callable[[int], T]) -> None:
    # Handlers of the forking program are not meant for its workers: they are ended by SIGTERM, and an interrupt from
    # the terminal is the parent's to handle.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Of Typst's threads: the workers are as many as are wanted at a time.
    os.environ["RAYON_NUM_THREADS"] = "1"
    others_end.close()
    while True:
        try:
            number = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(work(number))


def _how_it_ended(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        more = ", as where memory runs out" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{more}"
    return f"its process ended with exit code {exitcode}"

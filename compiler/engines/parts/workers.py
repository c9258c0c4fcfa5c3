"""Processes that evaluate parts: each takes the next part that is left, and gives what it found."""

from __future__ import annotations

import gc
import os
import pickle
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compiler.engines.dispositions import Member
from compiler.engines.evaluation import EngineError, Place, StructureFinding, Subject, Task
from compiler.engines.parts.reach import Apart
from compiler.engines.parts.reading import Records
from compiler.engines.parts.single import InPython, Shared
from compiler.engines.parts.spool import entries_of
from compiler.semantics.findings import Finding, Outcome

PROCESSES = 2
_shared: list[Shared] = []
"""Of a process that evaluates parts: what it keeps from one part to the next."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a part: of each rule its findings and counts, of each population its students."""

    results: list[tuple[list[Finding], dict[Outcome, int]]]
    structure: list[StructureFinding]
    places: dict[Subject, Place]
    members: list[list[Member]]


def answers(task: Task, apart: Apart, common: Records, parts: Sequence[Path]) -> Iterator[Answer]:
    """The answers of all parts, in their order; ``common`` are the records that all parts share."""
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor  # most runs start no process
    from multiprocessing import get_context

    count = min(PROCESSES, os.cpu_count() or 1, len(parts))
    told = pickle.dumps((task, apart, common))
    pool = ProcessPoolExecutor(count, get_context("spawn"), _begin, (told,))
    try:
        yield from pool.map(_answer, parts)
    except BrokenProcessPool as error:
        raise EngineError(
            "a process that evaluates records ended before its time, perhaps for want of memory"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(told: bytes) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process ends it
    _shared[:] = [Shared(*pickle.loads(told))]
    gc.collect()
    gc.freeze()
    gc.disable()


def _answer(part: Path) -> Answer:
    [shared] = _shared
    return answer(shared, part)


def answer(shared: Shared, part: Path) -> Answer:
    """What is found in a part, which is removed when it is read, unless findings will be traced."""
    evaluation = InPython(shared, entries_of(part), is_part=True)
    if not shared.task.options.traces:
        part.unlink(missing_ok=True)
    results = [(result.findings, result.counts) for result in evaluation.results()]
    found = (finding for findings, _ in results for finding in findings if finding.key)
    members = [list(evaluation.members(population)) for population in shared.task.populations]
    return Answer(results, evaluation.structure(), evaluation.places(found), members)

"""The measured tasks, each run in a process of its own: ``python -m tests.benchmarks.tasks NAME FOLDER``.

A task is prepared (imports, compiled rules) before the clock starts, and tells as JSON what it took and what it found.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from tests.benchmarks.by_hand import RULES as SIX
from tests.benchmarks.by_hand import Found

ROOT = Path(__file__).parents[2]
Task = Callable[[], dict[str, Any]]


def digest(found: Iterable[Found]) -> str:
    """Findings as a text that is the same for the same findings in any order, and how many there are."""
    ordered = sorted(found)
    return f"{len(ordered)} {hashlib.sha256(repr(ordered).encode()).hexdigest()[:12]}"


# -- tasks


def _scan(folder: Path, form: str) -> Task:
    import duckdb  # noqa: F401  (importing is not what is measured)

    from tests.benchmarks.yardsticks import scan, used_columns

    used = used_columns(_program(), _options())

    def task() -> dict[str, Any]:
        scan(folder, used, form)
        return {}

    return task


def _program() -> Any:
    from compiler.driver import open_project

    return open_project(ROOT).programs["indiana"]


def _options(engine: str = "python", rules: tuple[str, ...] = (), **more: Any) -> Any:
    from compiler.engines.run import Options

    return Options(2024, date(2024, 6, 1), "state", engine=engine, rules=rules, **more)


def _ours(folder: Path, engine: str, which: str = "all") -> Task:
    """An engine of ours: ``all`` rules together, the ``six``, or each rule in a run of its own (``apart``).

    Of the set engine also ``unfused`` (all rules, a query each) and ``warm`` (all rules, with copies of a run before).
    """
    from compiler.engines.folder import open_folder
    from compiler.engines.run import chosen_rules, run

    program = _program()
    every = tuple(rule.id for rule in chosen_rules(program, _options()))
    runs = {"six": [SIX], "apart": [(rule,) for rule in every]}.get(which, [every])
    copies = Path(os.environ["RULEWRIGHT_CACHE"]) if engine == "duckdb" and which != "apart" else None

    def judged(rules: tuple[str, ...], marks: list[float]) -> Any:
        options = _options(engine, rules, cache=copies, fuse=which != "unfused")
        data = open_folder(folder, program.schemas)
        return run(program, data, options, lambda _message: marks.append(time.process_time()))

    if which == "warm":
        judged(every, [])

    def task() -> dict[str, Any]:
        evaluations, evaluating = 0, 0.0
        found: list[Found] = []
        for rules in runs:
            marks: list[float] = []
            result = judged(rules, marks)
            evaluating += time.process_time() - marks[-1]
            evaluations += sum(sum(each.counts.values()) for each in result.results.values())
            found += [(f.rule, str(f.student)) for f in result.findings if f.outcome.value == "violation"]
        return {
            "evaluations": evaluations,
            "evaluating": evaluating,
            "found": digest(found),
            "six": digest((rule, student) for rule, student in found if rule in SIX),
        }

    return task


def _by_hand(folder: Path) -> Task:
    from tests.benchmarks import by_hand

    def task() -> dict[str, Any]:
        records = by_hand.Records(folder)
        begun = time.process_time()
        found = by_hand.found(records)
        return {"evaluating": time.process_time() - begun, "six": digest(found)}

    return task


def _polars(folder: Path) -> Task:
    from tests.benchmarks import with_polars

    return lambda: {"six": digest(with_polars.found(folder))}


def _peers(folder: Path, seconds: float = 0.2) -> Task:
    from tests.benchmarks import by_hand, peers

    records = by_hand.Records(folder)
    return lambda: peers.measured(records, seconds)


TASKS: dict[str, Callable[..., Task]] = {
    "scan": _scan,
    "ours": _ours,
    "by-hand": _by_hand,
    "polars": _polars,
    "peers": _peers,
}


def peak() -> int:
    """The most memory this process has had, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():  # what getrusage tells would include the process that started this one
        high = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(high.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(name: str, folder: str, *arguments: str) -> None:
    task = TASKS[name](Path(folder), *arguments)
    gc.collect()
    wall, cpu, children = time.perf_counter(), time.process_time(), resource.getrusage(resource.RUSAGE_CHILDREN)
    told = task()
    told |= {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "peak": peak()}
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    told["cpu"] += ended.ru_utime + ended.ru_stime - children.ru_utime - children.ru_stime
    told["peak"] += ended.ru_maxrss * 1024  # of the largest process that the task started, if any
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

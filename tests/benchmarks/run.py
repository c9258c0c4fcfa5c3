"""The benchmarks: makes a state, measures every task in a process of its own, prints tables of ratios.

``python -m tests.benchmarks --students 10000``. What is compared must agree: findings of all engines, of both forms of
the data and of the six rules written by hand are compared in the run, and a comparison without agreement is void.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.benchmarks.by_hand import RULES as SIX
from tests.benchmarks.state import Plan, size, write, write_parquet
from tests.benchmarks.tasks import ROOT

Told = dict[str, Any]
FORMS = ("parquet", "jsonl")
SETTLED = 10.0  # seconds after which a task is not measured again


def main() -> int:
    """Measure and print; the exit code is 1 when findings differ."""
    given = _arguments()
    with tempfile.TemporaryDirectory(dir=given.folder) as scratch:
        bench = Bench(Path(scratch), given.students, given.apart, given.seed, given.repeat)
        bench.make()
        bench.measure(_engines() if given.engines is None else given.engines, given.data)
    for line in bench.report():
        sys.stdout.write(f"{line}\n")
    return 1 if bench.differences() else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--apart", type=int, default=1_000, help="students of the state for rules one by one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many; of long tasks there is one")
    parser.add_argument("--engines", nargs="*", help="engines of ours to measure; all when left out")
    parser.add_argument("--data", nargs="+", choices=FORMS, default=FORMS, help="forms of the data for engines of ours")
    parser.add_argument("--folder", type=Path, help="where to make the states (5 GB for 1.1 million students)")
    return parser.parse_args()


def _engines() -> tuple[str, ...]:
    from compiler.engines.run import ENGINES

    return ENGINES


class Bench:
    """A run of the benchmarks. ``told`` holds what each task told of itself, by its arguments."""

    def __init__(self, scratch: Path, students: int, apart: int, seed: int, repeat: int) -> None:
        self.scratch = scratch
        self.plans = {"": Plan(students, seed), "small-": Plan(min(apart, students), seed)}
        self.repeat = repeat
        self.told: dict[tuple[str, ...], Told] = {}
        self.left_out: list[str] = []
        self.made: list[str] = []

    def make(self) -> None:
        """Write the states, as JSON lines and as Parquet."""
        for prefix, plan in self.plans.items():
            begun = time.perf_counter()
            write(plan, self.scratch / f"{prefix}jsonl")
            written = time.perf_counter()
            write_parquet(self.scratch / f"{prefix}jsonl", self.scratch / f"{prefix}parquet")
            sizes = [size(self.scratch / f"{prefix}{form}") / 1e6 for form in ("jsonl", "parquet")]
            self.made.append(
                f"{plan.students:,} students: {sizes[0]:,.1f} MB of JSON lines in {written - begun:.1f} s, "
                f"{sizes[1]:,.1f} MB of Parquet in {time.perf_counter() - written:.1f} s."
            )

    def measure(self, engines: Sequence[str], forms: Sequence[str]) -> None:
        """Measure all tasks; ``forms`` are those of the data that engines of ours are measured on."""
        for form in FORMS:
            self._task("scan", form, form)
        self._task("by-hand", "jsonl")
        if find_spec("polars"):
            for form in FORMS:
                self._task("polars", form)
        else:
            self.left_out.append("polars")
        for engine in engines:
            for form in forms:
                for which in ("six", "all", *(("warm", "unfused") if engine == "duckdb" else ())):
                    self._task("ours", form, engine, which)
        for engine in engines:
            if engine != "interpreter":
                self._task("ours", "small-parquet", engine, "all")
                self._task("ours", "small-parquet", engine, "apart")
        self._task("peers", "jsonl")
        self.left_out += self.told["peers", "jsonl"]["left out"]

    def _task(self, name: str, form: str, *arguments: str) -> None:
        runs: list[Told] = []
        while not runs or (len(runs) < self.repeat and runs[-1]["wall"] < SETTLED and name != "peers"):
            runs.append(_measured(name, str(self.scratch / form), *arguments))
        best = min(runs, key=lambda told: told["cpu"])
        self.told[(name, form, *arguments)] = best
        sys.stderr.write(f"{name} {form} {' '.join(arguments)}: {best['cpu']:.2f} s of CPU\n")

    # -- results

    def differences(self) -> list[str]:
        """Comparisons that are void, since what was found differs."""
        found = []
        for what, prefix in (("six", ""), ("found", ""), ("found", "small-")):
            answers = {
                " ".join(task): told[what]
                for task, told in self.told.items()
                if what in told
                and task[1].startswith("small-") == bool(prefix)
                and not (what == "found" and "six" in task)
            }
            if len(set(answers.values())) > 1:
                listed = "; ".join(f"{task}: {answer}" for task, answer in answers.items())
                found.append(f"VOID: what is found differs ({listed})")
        for peer, rules in self.told["peers", "jsonl"]["peers"].items():
            wrong = [rule for rule, told in rules.items() if not told["agrees"]]
            found += [f"VOID: {peer} does not agree on {', '.join(wrong)}"] if wrong else []
        return found

    def report(self) -> Iterator[str]:
        """Tables in Markdown."""
        yield from self._machine()
        yield from ("", "### The whole state", "")
        yield from self._times()
        yield from ("", f"### Rules one by one ({self.plans['small-'].students:,} students, Parquet)", "")
        yield from self._apart()
        yield from ("", "### Per evaluation of a rule for a subject, microseconds of CPU", "")
        yield from self._peers()
        yield ""
        yield from self.differences() or ["All findings agree: engines, forms, rules by hand, polars and peers."]
        if self.left_out:
            yield f"Left out, since they are not installed: {', '.join(self.left_out)}."

    def _machine(self) -> Iterator[str]:
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        python = platform.python_version()
        yield f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {pages:.0f} GiB, Python {python}."
        yield f"Load average at the end {load}; more than the number of cores means that others worked beside it."
        yield from self.made

    def _times(self) -> Iterator[str]:
        yield "| task | data | wall s | CPU s | of it rules | peak MiB | x scan | x by hand |"
        yield "|---|---|--:|--:|--:|--:|--:|--:|"
        for task, told in self.told.items():
            name, form, *arguments = task
            if form.startswith("small-") or name == "peers":
                continue
            scan = told["cpu"] / self.told["scan", form, form]["cpu"]
            is_six = name != "ours" or "six" in arguments
            by_hand = f"{told['cpu'] / self.told['by-hand', 'jsonl']['cpu']:.2f}" if "six" in told and is_six else ""
            rules = f"{told['evaluating']:.2f}" if "evaluating" in told else ""
            yield (
                f"| {_words(name, arguments)} | {form} | {told['wall']:.2f} | {told['cpu']:.2f} | {rules} "
                f"| {told['peak'] / 2**20:,.0f} | {scan:.1f} | {by_hand} |"
            )

    def _apart(self) -> Iterator[str]:
        yield "| engine | together, CPU s | one by one, CPU s | ratio |"
        yield "|---|--:|--:|--:|"
        for name, form, *arguments in self.told:
            if form == "small-parquet" and "apart" in arguments:
                apart = self.told[name, form, arguments[0], "apart"]["cpu"]
                together = self.told[name, form, arguments[0], "all"]["cpu"]
                yield f"| {arguments[0]} | {together:.2f} | {apart:.2f} | {apart / together:.1f} |"

    def _peers(self) -> Iterator[str]:
        peers = self.told["peers", "jsonl"]["peers"]
        rules = self.told["peers", "jsonl"]["records"]
        yield f"| engine | {' | '.join(f'{rule} ({count:,})' for rule, count in rules.items())} |"
        yield f"|---|{'--:|' * len(rules)}"
        for peer, told in peers.items():
            cells = (f"{told[rule]['whole']:.2f} / {told[rule]['bare']:.2f}" if rule in told else "" for rule in rules)
            yield f"| {peer} | {' | '.join(cells)} |"
        yield ""
        yield "Whole record / only what the rule reads. For comparison, our engines over all rules:"
        yield ""
        yield "| engine | data | evaluations | all, read and told | evaluating only |"
        yield "|---|---|--:|--:|--:|"
        for task, told in self.told.items():
            if task[0] == "ours" and task[-1] == "all" and not task[1].startswith("small-"):
                whole, only = (told[part] / told["evaluations"] * 1e6 for part in ("cpu", "evaluating"))
                yield f"| {task[2]} | {task[1]} | {told['evaluations']:,} | {whole:.2f} | {only:.2f} |"


_WHICH = {
    "all": "all rules",
    "six": f"the same {len(SIX)} rules",
    "warm": "all rules, from copies of an earlier run",
    "unfused": "all rules, a query each",
}


def _words(name: str, arguments: list[str]) -> str:
    match name, arguments:
        case "scan", ["parquet"]:
            return "DuckDB, scan of the used columns"
        case "scan", _:
            return "DuckDB, typed read of the used columns"
        case "by-hand", _:
            return f"{len(SIX)} rules in Python by hand"
        case "polars", _:
            return f"{len(SIX)} rules in polars by hand"
        case _:
            return f"**{arguments[0]}**, {_WHICH[arguments[1]]}"


def _measured(*arguments: str) -> Told:
    """What a task tells; its caches are empty, so that no task reads what another one has prepared."""
    command = [sys.executable, "-m", "tests.benchmarks.tasks", *arguments]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "RULEWRIGHT_CACHE": cache}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    told: Told = json.loads(done.stdout.splitlines()[-1])
    return told

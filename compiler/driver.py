"""The phases in a row, and the only place below the command line that reads and writes spec files.

``open_project`` reads and checks everything below ``specs/``; ``artifacts_of`` makes what ``generated/`` should hold;
``write`` and ``compare`` bring the two together.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from compiler import cache
from compiler.diagnostics import Sink
from compiler.garbage import without_collection
from compiler.source import Source, Span

SPECS, GENERATED, SCHEMAS = "specs", "generated", "schemas"
PUBLISHED = "files.json"
CATALOGUE, RUN = "rulewright catalogue", "rulewright run"
IMPORTED = "_source.json"


@dataclass(slots=True, repr=False)
class Project:
    """A project: its root, its spec files, and what came of them (typed loosely: importing the phases is slow)."""

    root: Path
    sources: list[Source]
    sink: Sink = field(default_factory=Sink)
    checked: Any = None
    programs: dict[str, Any] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """The text of each spec file by its path."""
        return {source.path: source.text for source in self.sources}


def find_root(start: Path) -> Path | None:
    """The nearest folder, from ``start`` upwards, that holds ``specs/``."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / SPECS).is_dir():
            return folder
    return None


def read_sources(root: Path, sink: Sink) -> list[Source]:
    """Every spec file below a project, in the order of their paths."""
    sources = []
    for path in sorted((root / SPECS).rglob("*.yaml")):
        name = path.relative_to(root).as_posix()
        if name.startswith(f"{SPECS}/{SCHEMAS}/"):
            continue
        content = path.read_bytes()
        try:
            sources.append(Source(name, content.decode("utf-8-sig").replace("\r\n", "\n")))
        except UnicodeDecodeError as error:
            source = Source(name, content.decode("utf-8", errors="replace"))
            sources.append(source)
            place = len(content[: error.start].decode("utf-8", errors="replace"))
            sink.report("E101", Span(source, place, place + 1), problem="it is not UTF-8 text")
    return sources


def fingerprint(root: Path, sources: Iterable[Source]) -> str:
    """A hash of all that follows from specs alone depends on: their texts and place, schemas, the compiler."""
    digest = hashlib.sha256(str(root).encode())
    for source in sources:
        digest.update(f"\0{source.path}\0{source.text}".encode())
    for folder in (root / SPECS / SCHEMAS, Path(__file__).parent):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".json", ".lark", ".sql"):
                stat = path.stat()
                digest.update(f"\0{path.relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def open_project(root: Path) -> Project:
    """Read, parse, check and lower all specs of a project; what is wrong is in its sink."""
    from compiler.semantics.checker.folders import schema_names
    from compiler.semantics.checker.project import check_project
    from compiler.semantics.lints import lint
    from compiler.semantics.program import lower_project
    from compiler.syntax.parser import keep_tables_in
    from compiler.syntax.project import parse_project

    keep_tables_in(cache.file("grammar.bin"))
    sink = Sink()
    with without_collection():
        project = Project(root, read_sources(root, sink), sink)
        trees = parse_project(project.sources, sink)
        library = read_schemas(root, schema_names(trees))
        project.checked = check_project(trees, library, sink)
        project.programs = lower_project(project.checked, sink)
        lint(project.checked, project.programs, sink)
    return project


def read_schemas(root: Path, names: Iterable[str]) -> dict[str, Any]:
    """The schema folders of these names, from the project, else those that come with the compiler.

    When one of them is not there, all that are: its name may be a slip for one of theirs.
    """
    folders = schema_folders(root)
    wanted = set(names)
    return {
        name: read_schema_folder(folder)
        for name, folder in sorted(folders.items())
        if name in wanted or not wanted <= set(folders)
    }


def schema_folders(root: Path | None) -> dict[str, Path]:
    """Where each schema folder lies that specs can name; a project's own goes before one of the same name."""
    places = (bundled_schemas(), *([root / SPECS / SCHEMAS] if root is not None else []))
    return {folder.name: folder for place in places for folder in place.glob("*") if folder.is_dir()}


def read_schema_folder(folder: Path) -> Any:
    """A folder of schemas, as specs use it."""
    import msgspec

    from compiler.semantics.checker.folders import SchemaFolder

    documents, kinds = {}, {}
    for path in sorted(folder.glob("*.json")):
        if path.name == "_abstract.json":
            kinds = msgspec.json.decode(path.read_bytes())
        elif not path.name.startswith("_"):
            documents[path.stem] = msgspec.json.decode(path.read_bytes())
    return SchemaFolder(documents, kinds)


def standard(folder: Path) -> Any:
    """A folder of schemas, as an import takes from it what its documents do not say."""
    import msgspec

    from compiler.schema.importing import Base

    read = read_schema_folder(folder)
    listed = folder / "_descriptors.json"
    names = msgspec.json.decode(listed.read_bytes())["names"] if listed.is_file() else ()
    return Base(read.documents, read.kinds, tuple(names))


def write_schemas(folder: Path, imported: Any, about: Mapping[str, Any]) -> None:
    """Write imported schemas, and beside them what they are of; files of an earlier import that are no more go."""
    before = listed(folder / IMPORTED)
    files = {f"{name}.json": content for name, content in imported.files.items()}
    for name, content in (*files.items(), (IMPORTED, {**about, "files": sorted(files)})):
        put(folder / name, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
    remove(folder, (name for name in before if name not in files))


def bundled_schemas() -> Path:
    """The Ed-Fi schemas that come with the compiler: in a wheel beside its templates, in a clone below ``specs/``."""
    installed = Path(__file__).parent / "templates" / SCHEMAS
    return installed if installed.is_dir() else Path(__file__).parent.parent / SPECS / SCHEMAS


# -- artefacts


def artifacts_of(project: Project) -> dict[str, Any]:
    """Everything that ``generated/`` should hold, by path below it."""
    from compiler.backends import duckdb, editor, python, reference
    from compiler.backends.artifacts import Artifact
    from compiler.catalogue import markdown

    made = [*editor.generate(), *reference.generate()]
    programs = project.programs.values()
    if any(program.rules or program.publications or program.extracts for program in programs):
        made += python.runtime_artifacts()
    if any(program.rules for program in programs):
        made.append(duckdb.prelude_artifact())
    for program in programs:
        if program.rules or program.publications or program.extracts:
            made += python.generate(program, project.texts)
        if program.rules:
            made += duckdb.generate(program, project.texts)
    books = books_of(project)
    made += [page for book in books for page in markdown.pages(book)]
    made.append(markdown.index(books))
    manifest = Artifact("manifest.json", _manifest(made, project.texts))
    return {artifact.path: artifact for artifact in sorted([*made, manifest], key=lambda artifact: artifact.path)}


def books_of(project: Project, *, with_code: bool = False) -> list[Any]:
    """The catalogue of each state; with the code of its rules when asked for."""
    from compiler.catalogue.contents import book_of

    texts = project.texts
    return [
        book_of(program, texts, _generated_code(program, texts) if with_code else {})
        for program in project.programs.values()
    ]


def _generated_code(program: Any, texts: Mapping[str, str]) -> dict[str, Any]:
    """The Python and the SQL of each rule by its key, the Python of each publication and extract by its id."""
    from compiler.backends.duckdb import macros_in, script
    from compiler.backends.python import generate
    from compiler.catalogue.excerpts import Generated

    python = {artifact.sources: artifact.text for artifact in generate(program, texts)}
    found = {}
    for key, rule in program.rules.items():
        sql = script(program, rule, texts)
        path = program.checked[key].written.document.source.path
        found[key] = Generated(python[(path,)], (("DuckDB", f"{macros_in(sql)}\n{sql}"),))
    sent = {**program.publications, **program.extracts}
    checked = {**program.published, **program.filed}
    for key in sent:
        found[key] = Generated(python.get((checked[key].written.document.source.path,), ""))
    return found


def _manifest(artifacts: Iterable[Any], texts: Mapping[str, str]) -> str:
    from compiler import __version__
    from compiler.backends.artifacts import sha256

    files = {
        artifact.path: {"sha256": sha256(artifact.text), "sources": sorted(artifact.sources)}
        for artifact in sorted(artifacts, key=lambda artifact: artifact.path)
    }
    sources = {path: sha256(text) for path, text in sorted(texts.items())}
    return (
        json.dumps({"rulewright": __version__, "sources": sources, "files": files}, indent=1, ensure_ascii=False) + "\n"
    )


@dataclass(slots=True)
class Changes:
    """How a folder of generated files differs from what it should hold; paths are below the folder."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.orphaned)


def compare(folder: Path, artifacts: Mapping[str, Any]) -> Changes:
    """What would have to change in a folder; files that the manifest does not know are left alone."""
    changes = Changes()
    for path, artifact in artifacts.items():
        present = _read_text(folder / path)
        if present is None:
            changes.added.append(path)
        elif present != artifact.text:
            changes.changed.append(path)
    changes.orphaned = sorted(path for path in _generated_before(folder) if path not in artifacts)
    return changes


def _read_text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n")
    except OSError:
        return None


def _generated_before(folder: Path) -> set[str]:
    """The files that the last build wrote, by its manifest or by their own first line, and that are still there.

    All others are somebody's own: ``-o`` may name a folder in which there is more than what is generated.
    """
    marked = (
        path.relative_to(folder).as_posix()
        for pattern, mark in (("python/**/*.py", "# "), ("sql/**/*.sql", "-- "))
        for path in folder.glob(pattern)
        if (_read_text(path) or "").startswith(f"{mark}Generated by rulewright")
    )
    return {path for path in (*listed(folder / "manifest.json"), *marked) if (folder / path).is_file()}


def listed(manifest: Path) -> list[str]:
    """The paths that a manifest lists; those that lead out of its folder do not count."""
    try:
        files = json.loads(_read_text(manifest) or "{}")["files"]
        return [path for path in files if not PurePosixPath(path).is_absolute() and ".." not in path.split("/")]
    except (ValueError, LookupError, TypeError, AttributeError):
        return []


def write(folder: Path, artifacts: Mapping[str, Any], changes: Changes) -> None:
    """Write what differs and remove what is orphaned."""
    for path in (*changes.added, *changes.changed):
        put(folder / path, artifacts[path].text.encode())
    remove(folder, changes.orphaned)


def put(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove(folder: Path, paths: Iterable[str]) -> None:
    """Remove files below a folder, and the folders that this leaves empty."""
    for path in paths:
        (folder / path).unlink(missing_ok=True)
        for above in Path(path).parents[:-1]:
            if not (folder / above).is_dir() or any((folder / above).iterdir()):
                break
            (folder / above).rmdir()


def publish(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder and remove those that were published there before and are no more.

    What has been published stands in the folder's ``files.json``; all other files are somebody's own.
    """
    before = listed(folder / PUBLISHED)
    for path, content in files.items():
        put(folder / path, content if isinstance(content, bytes) else content.encode())
    remove(folder, (path for path in before if path not in files))
    put(folder / PUBLISHED, published(CATALOGUE, files).encode())


def published(maker: str, files: Iterable[str]) -> str:
    """What ``files.json`` says of a folder: the command that made it, and the files."""
    return json.dumps({"made by": maker, "files": sorted(files)}, indent=1) + "\n"


def made_by(folder: Path) -> str:
    """The command that made a folder of pages; empty when none did."""
    try:
        return str(json.loads((folder / PUBLISHED).read_text(encoding="utf-8"))["made by"])
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def difference(folder: Path, path: str, wanted: str) -> list[str]:
    """A unified diff of a generated file and what it should be."""
    present = (_read_text(folder / path) or "").splitlines()
    return list(
        difflib.unified_diff(present, wanted.splitlines(), f"{path} (as it is)", f"{path} (as built)", lineterm="")
    )

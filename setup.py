"""The one step of the build that ``pyproject.toml`` cannot say: the Ed-Fi schemas go into the package's templates.

They stand once in the repository, below ``specs/schemas``; an installed compiler finds its copy beside the templates.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SCHEMAS = Path("specs", "schemas")


class BuildWithSchemas(build_py):
    """``build_py``, and then a copy of ``specs/schemas/ed-fi-*``; an editable install needs none."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for folder in sorted(SCHEMAS.glob("ed-fi-*")):
            target = Path(self.build_lib, "compiler", "templates", "schemas", folder.name)
            target.mkdir(parents=True, exist_ok=True)
            for path in sorted(folder.glob("*.json")):
                shutil.copyfile(path, target / path.name)


setup(cmdclass={"build_py": BuildWithSchemas})

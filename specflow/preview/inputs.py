"""Which files a document is made from, noted while it is built."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from specflow.diagnostics import Diagnostic
from specflow.model import Job, Merged, SignOff, Spec
from specflow.pipeline import Made
from specflow.project import PROJECT_FILE
from specflow.signoff.ledger import ledger_path
from specflow.theme import Theme
from specflow.watch import tree, with_folders


class Inputs:
    """A memory of the pipeline that knows nothing; it notes the files, and keeps them where a build fails early."""

    def __init__(self, spec: Path) -> None:
        self._always = {spec, ledger_path(spec), *(above / PROJECT_FILE for above in spec.resolve().parents)}
        self._files: set[Path] = set()
        self._folders: set[Path] = set()
        self._pictures: set[Path] = set()

    @property
    def paths(self) -> set[Path]:
        """All files and folders that decide about the document, as far as they are known."""
        below = {path for folder in self._folders for path in tree(folder)}
        home = {path for path in self._always if path.name != PROJECT_FILE}
        return with_folders(self._files | self._pictures | home) | self._always | below

    def expect(self, job: Job) -> None:
        """Note what the job names."""
        settings = job.settings
        self._always |= {*settings.layers, *settings.data, *([settings.reference] if settings.reference else [])}

    def known(self, merged: Merged, spec: Spec, theme: Theme, signed: SignOff) -> None:
        """Note what the data, the template and the theme were read from."""
        folder = spec.source.folder
        self._files = {*(folder / file.name for file in spec.source.files[1:]), *theme.files, merged.template}
        self._folders = {spec.template.folder, *(folder / name for name in ("themes", "languages"))}

    def learn(self, made: Made, spec: Spec, warnings: Sequence[Diagnostic]) -> None:
        """Note the pictures that are shown."""
        self._pictures = {spec.source.folder / name for name in made.converted.pictures}

"""The Package page: one click makes a verified package, and says how well it agrees."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.artefacts import get_artefact
from studio.domain.ids import Digest, JsonValue
from studio.domain.packaging import ModelPackage
from studio.errors import StudioError
from studio.ui.desk import Command, Desk, Page
from studio.ui.forms.form import ParamsForm
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.choice_row import choice_row
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.job_strip import JobStrip


class PackagePage(Page):
    """A model as it leaves the studio, with the proof that it says the same."""

    id = "package"
    title = "Package"
    icon = "package"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        index = desk.session.project.artefacts
        self.models = ArtefactChoice(index, "model", "Model")
        self.datasets = ArtefactChoice(index, "dataset", "Dataset version")
        self.packages = ArtefactChoice(index, "package", "Package")
        self.strip = JobStrip(desk)
        self.form = ParamsForm(desk.session.plugins.get("package.onnx").params, {})
        self.files = QTreeWidget()
        self._package: ModelPackage | None = None
        self._make = Command(
            "package.make", "Make package", self.make, "Ctrl+Return", "package", "Run"
        )
        self._write = Command(
            "package.write_out", "Write to folder", self.write_out, "Ctrl+E", "download"
        )
        self._try = Command("package.try", "Try on pictures", self.try_it, "T", "photo-search")
        self._build()
        self.packages.chosen.connect(self._show)
        self.strip.finished.connect(self._finished)
        desk.bridge.artefact_added.connect(self.arrive)

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return (self._make, self._write, self._try)

    def arrive(self) -> None:
        """Read the lists again."""
        for choice in (self.models, self.datasets, self.packages):
            choice.refresh()
        self._arrange()

    def focus_on(self, **focus: JsonValue) -> None:
        """Look at a model or a package."""
        self.arrive()
        if "model" in focus:
            self.models.choose(str(focus["model"]))
        if "package" in focus:
            self.packages.choose(str(focus["package"]))

    def make(self) -> None:
        """Export, verify and pack the chosen model."""
        model, dataset = self.models.digest(), self.datasets.digest()
        if model is None or dataset is None or self.strip.busy:
            return
        try:
            submission = self.desk.session.runner.submit(
                "package.onnx", self.form.values(), {"model": model, "dataset": dataset}
            )
        except StudioError as error:
            self.desk.fail(error)
            return
        self.strip.follow(submission, "Making the package")

    def write_out(self) -> None:
        """Write the package to a folder that the person chooses."""
        digest = self.packages.digest()
        if digest is None:
            return
        start = str(self.desk.session.project.exports_folder())
        chosen = QFileDialog.getExistingDirectory(self, "Folder for the package", start)
        if chosen:
            self.write_to(digest, Path(chosen))

    def write_to(self, digest: Digest, parent: Path) -> Path | None:
        """Write a package into a new folder below `parent`; returns the folder."""
        package = get_artefact(self.desk.session.project.store, digest, ModelPackage)
        folder = parent / f"{package.name}-{digest.removeprefix('sha256:')[:8]}"
        try:
            written = self.desk.session.packaging.write_out(digest, folder)
        except StudioError as error:
            self.desk.fail(error)
            return None
        url = QUrl.fromLocalFile(str(written))
        self.desk.toast(
            f"Wrote the package to {written}",
            "success",
            Command("package.show_folder", "Show folder", partial(QDesktopServices.openUrl, url)),
        )
        return written

    def try_it(self) -> None:
        """Go and ask the package about a picture."""
        self.desk.go("predict", package=self.packages.digest() or "")

    def _build(self) -> None:
        self.empty = EmptyState(
            "package",
            "There is no model to package yet",
            "A package is a folder that runs without the studio, with the proof that it agrees.",
            Command("package.go_train", "Train a model", partial(self.desk.go, "train")),
        )
        body = QWidget()
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(
            choice_row(
                (("Model", self.models), ("Dataset version", self.datasets)),
                self._make,
                ("Package", self.packages),
            )
        )
        column.addWidget(self.strip)
        row = QHBoxLayout()
        row.setSpacing(16)
        self.form.setMaximumWidth(420)
        row.addWidget(self.form, 2)
        row.addWidget(self._card(), 3)
        column.addLayout(row, 1)

    def _card(self) -> QWidget:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 16, 16, 16)
        self.headline = QLabel()
        self.headline.setProperty("role", "title")
        self.proof = QLabel()
        self.proof.setWordWrap(True)
        self.facts = QLabel()
        self.facts.setProperty("role", "quiet")
        self.facts.setWordWrap(True)
        self.files.setAccessibleName("Files of the package")
        self.files.setHeaderLabels(["File", "Size"])
        self.files.setRootIsDecorated(False)
        buttons = QHBoxLayout()
        self.write_button = command_button(self._write)
        self.try_button = command_button(self._try)
        buttons.addWidget(self.write_button)
        buttons.addWidget(self.try_button)
        buttons.addStretch(1)
        for widget in (self.headline, self.proof, self.facts):
            column.addWidget(widget)
        column.addWidget(self.files, 1)
        column.addLayout(buttons)
        return card

    def _arrange(self) -> None:
        self.stack.setCurrentIndex(1 if self.models.count() or self.packages.count() else 0)
        there = self._package is not None
        for widget in (self.files, self.write_button, self.try_button, self.facts):
            widget.setVisible(there)
        if not there:
            self._look(self.headline, "No package yet", "title")
            self.proof.setText(
                "Make package writes the model as ONNX with its labels, a model card, a self-test"
                " and a runner, and compares it with the trained model picture by picture."
            )

    def _finished(self, outputs: dict[str, str]) -> None:
        self.arrive()
        if "package" in outputs:
            self.packages.choose(outputs["package"])
            self._show(outputs["package"])

    def _show(self, digest: str) -> None:
        if not digest:
            return
        store = self.desk.session.project.store
        try:
            package = get_artefact(store, Digest(digest), ModelPackage)
        except StudioError as error:
            self.desk.fail(error)
            return
        self._package = package
        self._arrange()
        agreement = package.agreement
        self._look(
            self.headline,
            "Verified" if agreement.verified else "Not verified. Do not ship it",
            "title",
        )
        self._look(
            self.proof,
            f"Agrees with the trained model on {agreement.agreeing:,} of {agreement.pictures:,} "
            f"pictures ({100 * agreement.share:.2f} %). Largest difference of a score "
            f"{agreement.largest_difference:.1e}, allowed {agreement.tolerance:.0e}.",
            "success" if agreement.verified else "error",
        )
        record = self.desk.session.project.artefacts.get(Digest(digest))
        made = time.strftime("%d %b %Y %H:%M", time.localtime(record.created))
        self.facts.setText(
            f"{package.name} · {package.task} · input {package.input.width} × "
            f"{package.input.height} px · {len(package.label_schema.labels)} labels · made {made}"
        )
        self.files.clear()
        for path, file in sorted(package.files.items()):
            self.files.addTopLevelItem(QTreeWidgetItem([path, size_of(store.size(file))]))
        self.files.resizeColumnToContents(0)

    @staticmethod
    def _look(label: QLabel, text: str, role: str) -> None:
        label.setText(text)
        label.setProperty("role", role)
        label.style().unpolish(label)
        label.style().polish(label)


def size_of(count: int) -> str:
    """Write a number of bytes as a person reads it: `12 B`, `3.4 KiB`, `1.2 MiB`."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.1f} KiB"
    return f"{count / 1024 / 1024:.1f} MiB"

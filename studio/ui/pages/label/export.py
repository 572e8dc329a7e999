"""Writing labels for another program, with what it cannot say told beforehand."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLabel,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.artefacts import get_artefact
from studio.domain.ids import Digest, JsonObject
from studio.domain.packaging import Files
from studio.errors import StudioError
from studio.ui.desk import Command, Desk
from studio.ui.forms.fields import Choice, ChoiceField
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.job_strip import JobStrip


class ExportDialog(QDialog):
    """Choose a format, see what it would lose, and write.

    Parameters
    ----------
    desk : Desk
        For the session.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export labels")
        self.resize(560, 460)
        self._desk = desk
        self._folder: Path | None = None
        forms = [form for form in desk.session.plugins.formats() if form.writes]
        choices = [Choice(form.name, form.title) for form in forms]
        self.format = ChoiceField("coco", choices, "Format")
        self.pictures = QCheckBox("Copy the pictures too")
        self.pictures.setChecked(True)
        self.sidecar = QCheckBox("Keep what the format cannot say in a file beside it")
        self.sidecar.setChecked(True)
        self.news = QLabel()
        self.news.setWordWrap(True)
        self.losses = QListWidget()
        self.losses.setAccessibleName("What the format cannot say")
        self.strip = JobStrip(desk)
        self._build()
        self.format.changed.connect(self.refresh)
        self.sidecar.toggled.connect(self.refresh)
        self.strip.finished.connect(self._write)
        self.refresh()

    def _build(self) -> None:
        run = Command("label.export_now", "Choose a folder and export", self.choose, "", "upload")
        button = command_button(run, "primary")
        button.setAutoDefault(False)
        form = QFormLayout()
        form.addRow("Format", self.format)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.pictures)
        column.addWidget(self.sidecar)
        column.addWidget(self.news)
        column.addWidget(self.losses, 1)
        column.addWidget(self.strip)
        column.addWidget(button)

    def refresh(self) -> None:
        """Say what the chosen format would lose."""
        try:
            found = self._desk.session.exporting.losses(str(self.format.value()))
        except StudioError as error:
            self._desk.fail(error)
            return
        self.losses.clear()
        self.losses.addItems([str(loss) for loss in found])
        self.losses.setVisible(bool(found))
        if not found:
            self.news.setText("This format says everything that stands in the project.")
        elif self.sidecar.isChecked():
            self.news.setText(
                "The format cannot say this; the file beside it keeps it, so that importing the"
                " folder again restores all."
            )
        else:
            self.news.setText("The format cannot say this: it would be lost for good.")
        role = "warning" if found and not self.sidecar.isChecked() else "quiet"
        self.news.setProperty("role", role)
        self.news.style().polish(self.news)

    def choose(self) -> None:
        """Ask for a new or empty folder, and write there."""
        folder = QFileDialog.getExistingDirectory(self, "Choose a new or empty folder")
        if folder:
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Write to a folder."""
        if self.strip.busy:
            return
        self._folder = folder
        session = self._desk.session
        params: JsonObject = {
            "format": str(self.format.value()),
            "with_pictures": self.pictures.isChecked(),
            "sidecar": self.sidecar.isChecked(),
        }
        try:
            labels = session.datasets.snapshot()
            submission = session.runner.submit("labels.export", params, {"labels": labels})
        except StudioError as error:
            self._desk.fail(error)
            return
        self.strip.follow(submission, "Export labels")

    def _write(self, outputs: dict[str, Digest]) -> None:
        session, folder = self._desk.session, self._folder
        if folder is None or "files" not in outputs:
            return
        try:
            found = get_artefact(session.project.store, Digest(outputs["files"]), Files)
            session.packaging.write_files(found.files, folder)
        except StudioError as error:
            self._desk.fail(error)
            return
        self._desk.toast(f"Wrote {len(found.files):,} files to {folder}.", "success")
        self.close()

"""A small form for a new project: its name and where it lies."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)


def projects_folder() -> Path:
    """Return where new projects lie unless the person says otherwise."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents or Path.home()) / "Visual AI projects"


class NewProject(QDialog):
    """Asks for a name and a folder; the folder follows the name until it is typed by hand.

    Parameters
    ----------
    name : str
        Proposed.
    """

    wanted = Signal(Path, str)
    """Folder and name."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("New project")
        self.setMinimumWidth(520)
        self._own_folder = False
        self.name = QLineEdit(name)
        self.name.setAccessibleName("Name")
        self.name.setPlaceholderText("For example: bottle caps")
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Folder")
        self._problem = QLabel()
        self._problem.setProperty("role", "error")
        self._problem.setWordWrap(True)
        self._lay_out()
        self.name.textChanged.connect(self._named)
        self.folder.textEdited.connect(self._folder_typed)
        self._named()

    def _lay_out(self) -> None:
        browse = QPushButton("Choose")
        browse.setAccessibleName("Choose folder")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.create_button = QPushButton("Make project")
        self.create_button.setProperty("look", "primary")
        self.create_button.setDefault(True)
        buttons.addButton(self.create_button, QDialogButtonBox.ButtonRole.AcceptRole)
        for button in buttons.buttons():
            button.setAccessibleName(button.text())
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(QLabel("Name"))
        layout.addWidget(self.name)
        layout.addSpacing(8)
        layout.addWidget(QLabel("Folder"))
        layout.addLayout(row)
        layout.addWidget(self._problem)
        layout.addSpacing(8)
        layout.addWidget(buttons)

    def _named(self) -> None:
        if not self._own_folder:
            slug = "".join(
                c if c.isalnum() or c in "-_ " else "-" for c in self.name.text()
            ).strip()
            self.folder.setText(str(projects_folder() / (slug or "New project")))
        self._check()

    def _folder_typed(self) -> None:
        self._own_folder = True
        self._check()

    def _check(self) -> None:
        folder = Path(self.folder.text())
        taken = folder.is_dir() and any(folder.iterdir())
        self._problem.setText(
            "There is something in this folder already; choose another." if taken else ""
        )
        self.create_button.setEnabled(bool(self.name.text().strip()) and not taken)

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Choose an empty folder")
        if chosen:
            self.folder.setText(chosen)
            self._folder_typed()

    def _accept(self) -> None:
        self.wanted.emit(Path(self.folder.text()), self.name.text().strip())
        self.close()

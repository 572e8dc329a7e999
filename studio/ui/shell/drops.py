"""Drop anywhere: a folder or zip comes in, a picture is predicted, a project is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

PICTURES = frozenset(
    (
        ".bmp",
        ".dib",
        ".gif",
        ".jpeg",
        ".jpg",
        ".jfif",
        ".jp2",
        ".pbm",
        ".pgm",
        ".png",
        ".ppm",
        ".tif",
        ".tiff",
        ".webp",
    )
)
PROJECT_MARK = "project.json"


class Wish(NamedTuple):
    """What a drop would do."""

    kind: Literal["open", "import", "predict"]
    paths: tuple[Path, ...]
    words: str
    """Said on the drop target."""


def wish(paths: Sequence[Path], has_project: bool, page: str = "") -> Wish | None:
    """Decide what a drop means.

    Parameters
    ----------
    paths : sequence of Path
        What is dropped.
    has_project : bool
        Whether a project is open.
    page : str
        Id of the page in view; on the media page pictures are imported.

    Returns
    -------
    Wish or None
        None where nothing sensible can be done.
    """
    there = tuple(path for path in paths if path.exists())
    if not there:
        return None
    if len(there) == 1 and (there[0] / PROJECT_MARK).exists():
        return Wish("open", there, f"Open the project “{there[0].name}”")
    what = f"“{there[0].name}”" if len(there) == 1 else f"{len(there):,} files"
    if not has_project:
        return Wish("import", there, f"Make a project from {what}")
    pictures = all(path.suffix.lower() in PICTURES for path in there if path.is_file())
    if pictures and all(path.is_file() for path in there) and page != "media":
        return Wish("predict", there, f"Predict {what}")
    return Wish("import", there, f"Import {what}")


def dropped_paths(data: QMimeData) -> list[Path]:
    """Return the local files that are dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class Window(Protocol):
    """What the drop target asks of the window."""

    def wish_for(self, paths: Sequence[Path]) -> Wish | None:
        """Decide what a drop would do now."""

    def fulfil(self, wanted: Wish) -> None:
        """Do it."""


class DropTarget(QFrame):
    """Lies over the window while something is dragged over it, and says what will happen."""

    def __init__(self, over: QWidget, window: Window) -> None:
        super().__init__(over)
        self._over = over
        self._window = window
        self.setProperty("role", "drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = QLabel()
        self.words.setProperty("role", "title")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        self.hide()
        over.setAcceptDrops(True)
        over.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow drags over the window."""
        kind = event.type()
        if kind in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self.hide()
        if not isinstance(event, QDropEvent):
            return False
        wanted = self._window.wish_for(dropped_paths(event.mimeData()))
        if wanted is None:
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if kind == QEvent.Type.DragEnter:
            self._show(wanted)
        elif kind == QEvent.Type.Drop:
            self._window.fulfil(wanted)
        return True

    def _show(self, wanted: Wish) -> None:
        over = self._over
        self.words.setText(wanted.words)
        self.setGeometry(over.rect().adjusted(48, 48, -48, -48))
        self.show()
        self.raise_()

"""Choose one artefact of a kind: the newest stands first."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from studio.domain.ids import Digest
from studio.domain.project import ArtefactIndex


class ArtefactChoice(QComboBox):
    """A list of the project's artefacts of one kind.

    Parameters
    ----------
    index : ArtefactIndex
        Of the open project.
    kind : str
        For example `model`.
    name : str
        What a screen reader calls it.
    """

    chosen = Signal(str)
    """Another artefact was chosen; carries its digest, or nothing."""

    def __init__(
        self, index: ArtefactIndex, kind: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._index = index
        self._kind = kind
        self.setAccessibleName(name)
        self.setPlaceholderText("None yet")
        self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(28)
        self.currentIndexChanged.connect(self._tell)

    def refresh(self) -> None:
        """Read the list again; what was chosen stays chosen, a fresh one is chosen if none was."""
        before = self.digest()
        newest = self.itemData(0)
        records = self._index.of_kind(self._kind)
        self.blockSignals(True)
        self.clear()
        for record in records:
            made = time.strftime("%d %b %H:%M", time.localtime(record.created))
            self.addItem(f"{record.title} · {made}", record.digest)
        fresh = bool(records) and records[0].digest != newest
        position = 0 if fresh or before is None else self.findData(before)
        self.setCurrentIndex(max(0, position) if records else -1)
        self.blockSignals(False)
        if self.digest() != before:
            self._tell()

    def digest(self) -> Digest | None:
        """Return what is chosen, or None."""
        data = self.currentData()
        return Digest(data) if data else None

    def choose(self, digest: str) -> None:
        """Choose an artefact by its digest, if it is in the list."""
        position = self.findData(digest)
        if position >= 0:
            self.setCurrentIndex(position)

    def _tell(self) -> None:
        self.chosen.emit(self.digest() or "")

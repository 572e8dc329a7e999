"""Labels that look wrong, as a ranked wall."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.domain.ids import Digest
from studio.domain.project import ArtefactRecord
from studio.domain.quality import LabelErrors, Suspect
from studio.ui.desk import Command
from studio.ui.pages.quality.presenter import WORDS, QualityPresenter
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.picture_wall import PictureWall, Tile

_PIXELS = "Plain pixels"
_NOTHING = (
    "No labels were looked over yet. “Rank labels” judges the label of each picture by what the"
    " labels of the others teach; with a detector's package it judges drawn shapes instead."
)
_SHOWN = 500


class ErrorsPanel(QWidget):
    """Ranks labels, and leads to each.

    Parameters
    ----------
    presenter : QualityPresenter
        Knows the words.
    rank : Command
        Begins a ranking.
    """

    opened = Signal(str, str)
    """A label is to be looked at: picture and shape, which may be empty."""

    def __init__(self, presenter: QualityPresenter, rank: Command) -> None:
        super().__init__()
        self._presenter = presenter
        self._suspects: Sequence[Suspect] = ()
        self.judge = QComboBox()
        self.judge.setAccessibleName("Judged by")
        self.judge.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.judge.setMinimumContentsLength(28)
        self.said = QLabel(_NOTHING)
        self.said.setProperty("role", "heading")
        self.said.setWordWrap(True)
        self.wall = PictureWall("Labels that look wrong, worst first")
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        head = QHBoxLayout()
        label = QLabel("Judged by")
        label.setBuddy(self.judge)
        head.addWidget(label)
        head.addWidget(self.judge)
        head.addWidget(command_button(rank))
        head.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self.said)
        whole.addWidget(self.wall, 1)
        whole.addWidget(self.detail)
        whole.addStretch(0)
        self.wall.picked.connect(self._tell)
        self.wall.opened.connect(self._open)

    def show_judges(
        self, models: Sequence[ArtefactRecord], packages: Sequence[ArtefactRecord]
    ) -> None:
        """Offer plain pixels, models and detectors; what is chosen stays so."""
        kept = self.judge.currentData()
        self.judge.clear()
        self.judge.addItem(_PIXELS, ("", ""))
        for record in models:
            self.judge.addItem(f"Sight of {record.title}", ("model", record.digest))
        for record in packages:
            self.judge.addItem(f"Detections of {record.title}", ("package", record.digest))
        self.judge.setCurrentIndex(max(0, self.judge.findData(kept) if kept else 0))

    def judge_chosen(self) -> tuple[str, Digest | None]:
        """Return `model`, `package` or nothing, and its digest."""
        kind, digest = self.judge.currentData() or ("", "")
        return kind, Digest(digest) if digest else None

    def show_errors(self, told: LabelErrors | None, waiting: Sequence[Suspect]) -> None:
        """Show the ranking, without what was changed since."""
        self._suspects = waiting[:_SHOWN]
        self.wall.setVisible(told is not None)
        self.detail.setVisible(told is not None)
        if told is None:
            self.said.setText(_NOTHING)
            return
        self.said.setText(self._presenter.ranked_said(told, len(waiting)))
        self.detail.setText("")
        words = self._presenter
        self.wall.show_tiles(
            [
                Tile(str(at), f"{at + 1}. {words.caption(one)}", words.look(one))
                for at, one in enumerate(self._suspects)
            ]
        )

    def _tell(self, key: str) -> None:
        one = self._suspects[int(key)]
        self.detail.setText(
            f"{one.name} · {WORDS[one.kind].lower()} · {self._presenter.caption(one)}"
            f" · fits {100 * one.score:.1f} % · Enter opens it on the Label page"
        )

    def _open(self, key: str) -> None:
        one = self._suspects[int(key)]
        self.opened.emit(one.media, one.shape or "")

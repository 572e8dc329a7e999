"""How well people do on pictures whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.services.quality import CheckScore
from studio.ui.desk import Command
from studio.ui.forms.number_field import NumberField
from studio.ui.pages.quality.presenter import QualityPresenter
from studio.ui.pages.quality.tables import PlainTable
from studio.ui.plots.bars import BarPlot, NamedBar
from studio.ui.widgets.buttons import command_button

_NOTHING = (
    "No picture is kept as a check. Keep the labels of some as the truth: they are mixed into"
    " queues that are assigned from then on, and who labels cannot tell them from the others."
)
_NOBODY = "{count:,} pictures are kept as checks; nobody's queue holds one yet."
_KEPT = "{count:,} pictures are kept as checks."


class ChecksPanel(QWidget):
    """Keeps checks, and scores annotators.

    Parameters
    ----------
    presenter : QualityPresenter
        Knows the words.
    keep, release : Command
        Keep the truth of some pictures; forget all.
    """

    def __init__(self, presenter: QualityPresenter, keep: Command, release: Command) -> None:
        super().__init__()
        self._presenter = presenter
        self.count = NumberField(50, whole=True, name="Pictures to keep as checks")
        self.count.setMinimumWidth(110)
        self.said = QLabel(_NOTHING)
        self.said.setProperty("role", "heading")
        self.said.setWordWrap(True)
        self.scores = PlainTable(
            "Scores on checks", ("Annotator", "Seen", "Named alike", "Found alike", "Overlap")
        )
        self.bars = BarPlot(shares=True)
        head = QHBoxLayout()
        label = QLabel("Pictures")
        label.setBuddy(self.count)
        head.addWidget(label)
        head.addWidget(self.count)
        head.addWidget(command_button(keep))
        head.addWidget(command_button(release))
        head.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self.said)
        whole.addWidget(self.scores, 1)
        whole.addWidget(self.bars, 1)
        whole.addStretch(0)

    def show_scores(self, kept: int, scores: Sequence[CheckScore]) -> None:
        """Show how well people do."""
        words = _NOTHING if not kept else _KEPT if scores else _NOBODY
        self.said.setText(words.format(count=kept))
        self.scores.setVisible(bool(scores))
        self.scores.show_rows(self._presenter.score_rows(scores))
        bars = [NamedBar(*bar) for bar in self._presenter.score_bars(scores)]
        self.bars.setVisible(bool(bars))
        self.bars.show_bars("Named alike (F1), with 95 % intervals", bars)

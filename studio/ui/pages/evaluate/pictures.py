"""The pictures behind a number: a wall of small ones, and the one that is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.api.pictures import Pixels, pixels_of, small_pixels_of
from studio.domain.evaluation import Verdict
from studio.domain.geometry import Box
from studio.domain.labels import AnnotatedMedia
from studio.domain.media import MediaItem
from studio.errors import StudioError
from studio.ui.desk import Command, Desk
from studio.ui.pages.evaluate.presenter import EvaluatePresenter
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.picture_view import Marked, PictureView
from studio.ui.widgets.picture_wall import PictureWall, Tile


class Pictures(QWidget):
    """Shows the verdicts of a cell, or all mistakes.

    Parameters
    ----------
    desk : Desk
        For the store.
    presenter : EvaluatePresenter
        Knows verdicts and truth.
    commands : tuple of Command
        Buttons beside the title.
    """

    def __init__(
        self, desk: Desk, presenter: EvaluatePresenter, commands: tuple[Command, ...]
    ) -> None:
        super().__init__()
        self._desk = desk
        self._presenter = presenter
        self.caption = QLabel()
        self.caption.setProperty("role", "heading")
        self.caption.setWordWrap(True)
        self.wall = PictureWall("Pictures of the chosen cell")
        self.picture = PictureView("Picture")
        self.said = QLabel()
        self.said.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self.caption, 1)
        for command in commands:
            head.addWidget(command_button(command))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.wall, 3)
        column.addWidget(self.picture, 3)
        column.addWidget(self.said)
        self.wall.picked.connect(self._look_at)

    def show_verdicts(self, title: str, verdicts: list[Verdict], when_none: str) -> None:
        """Show pictures under a title; with none of them, say so."""
        self.said.setText("")
        self.picture.show_picture(None)
        self.wall.setVisible(bool(verdicts))
        self.picture.setVisible(bool(verdicts))
        self.caption.setText(f"{title} · {len(verdicts):,} pictures" if verdicts else when_none)
        tiles = []
        for verdict in verdicts:
            item = self._presenter.truth(verdict.media)
            if item is not None:
                caption = self._presenter.caption(verdict)
                tiles.append(Tile(verdict.media, caption, self._small(item.media)))
        self.wall.show_tiles(tiles)

    def _small(self, media: MediaItem) -> Callable[[], Pixels]:
        store = self._desk.session.project.store

        def read() -> Pixels:
            return small_pixels_of(store, media, 224)

        return read

    def _look_at(self, key: str) -> None:
        verdict, item = self._presenter.verdict(key), self._presenter.truth(key)
        if verdict is None or item is None:
            return
        try:
            pixels = pixels_of(self._desk.session.project.store, item.media)
            self.picture.show_picture(pixels, self._marks(verdict, item))
        except StudioError as error:
            self._desk.fail(error)
            return
        caption = self._presenter.caption(verdict)
        self.said.setText(f"{item.media.name} · {caption} · score {verdict.score:.3f}")

    def _marks(self, verdict: Verdict, item: AnnotatedMedia) -> list[Marked]:
        """Return truth as solid boxes and what the model found as dashed ones."""
        marks = []
        for shape in item.shapes:
            if isinstance(shape.geometry, Box):
                one = shape.geometry
                edges = (one.x0, one.y0, one.x1, one.y1)
                name = self._presenter.name(shape.label)
                marks.append(Marked(edges, name, self._presenter.colour(shape.label)))
        for found in verdict.detections:
            text = f"{self._presenter.name(found.label)} {found.score:.2f}"
            colour = self._presenter.colour(found.label)
            marks.append(Marked(found.box, text, colour, dashed=True))
        return marks

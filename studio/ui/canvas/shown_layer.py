"""The shapes of one picture in one layer, kept up to date by what edits say."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from studio.domain.geometry import FloatArray
from studio.domain.labels import LabelId, LayerName, ShapesChanged
from studio.domain.media import MediaId
from studio.ui.canvas.packed_lines import Bones
from studio.ui.canvas.shape_edits import ShapeEdits
from studio.ui.canvas.sight import Sight
from studio.ui.canvas.table import ShapeTable


class Followed(NamedTuple):
    """What became of the shapes since they were last asked for."""

    anew: bool = False
    """All were read again."""
    known: bool = False
    """An edit spoke of this picture."""
    touched: tuple[FloatArray, ...] = ()
    """Bounds within which the picture of the shapes is another now, each (n, 4) px."""


class ShownLayer:
    """Reads all shapes of a picture once, and then only what edits changed.

    Parameters
    ----------
    labelling : ShapeEdits
        Where shapes are read, and what says that they changed.
    sight : Sight
        What is hidden.
    """

    def __init__(self, labelling: ShapeEdits, sight: Sight) -> None:
        self._labelling = labelling
        self._sight = sight
        self._of: tuple[MediaId, LayerName] | None = None
        self._bones: Mapping[LabelId, Bones] = {}
        self._news: deque[ShapesChanged] = deque()
        self.table = ShapeTable()
        labelling.news.connect(self._hear)

    def close(self) -> None:
        """Hear no more news."""
        self._labelling.news.disconnect(self._hear, missing_ok=True)

    def _hear(self, news: ShapesChanged) -> None:
        # Kept until they are asked for: they may come on any thread.
        self._news.append(news)

    def follow(
        self, media: MediaId | None, layer: LayerName, bones: Mapping[LabelId, Bones]
    ) -> Followed:
        """Bring the table up to date.

        Parameters
        ----------
        media : MediaId, optional
            The picture; None for no shapes.
        layer : LayerName
            Whose shapes.
        bones : mapping of LabelId to Bones
            Which joints of a label's skeletons are joined.
        """
        wanted = None if media is None else (media, layer)
        stale = any(not news.media for news in self._news) or bones != self._bones
        if wanted != self._of or stale:
            self._of, self._bones = wanted, bones
            self._news.clear()
            shapes = () if media is None else self._labelling.shapes(media, layer)
            self.table = ShapeTable(shapes, self._sight, bones)
            return Followed(anew=True)
        known, touched = False, []
        while self._news:
            news = self._news.popleft()
            if (news.media, news.layer) == wanted:
                known = True
                touched.append(self.table.apply(news.put, news.removed))
        return Followed(known=known, touched=tuple(one for one in touched if len(one)))

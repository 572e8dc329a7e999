"""The Review tab: how far the picture is, what people say about it, and where."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QPushButton,
    QScrollArea,
    QWidget,
)

from studio.domain.geometry import Box
from studio.domain.labels import ShapeId
from studio.domain.media import MediaId
from studio.domain.reviews import Comment, CommentId, ReviewState
from studio.services.reviewing import Reviewing
from studio.ui.canvas.pins import PINS, Pins
from studio.ui.canvas.tools.comment import CommentTool
from studio.ui.canvas.view import CanvasView
from studio.ui.desk import Command, Desk
from studio.ui.pages.label.comments import CommentsPanel, signed
from studio.ui.pages.label.panels import column
from studio.ui.pages.label.switches import Switches
from studio.ui.queue.words import REVIEW_WORDS
from studio.ui.widgets.buttons import command_button

_ROLES: dict[ReviewState, str] = {
    "open": "quiet",
    "labelled": "warning",
    "approved": "success",
    "rejected": "error",
}
_NO_PICTURE = "Import pictures first."
_SO_ALREADY = "The picture is so already."


class ReviewTab(QScrollArea):
    """State, verbs and comments of the picture that is shown.

    Parameters
    ----------
    desk : Desk
        For the session.
    canvas : CanvasView
        Pins stand on it; its model knows what is shown and chosen.
    switches : Switches
        Keep whether pins are hidden.
    attempt : callable
        Does something and tells errors; returns whether it was done.
    """

    wanted = Signal()
    """A comment is to be written here."""

    def __init__(
        self,
        desk: Desk,
        canvas: CanvasView,
        switches: Switches,
        attempt: Callable[[Callable[[], object]], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._reviewing: Reviewing = desk.session.reviewing
        self._model = canvas.model
        self._switches = switches
        self._attempt = attempt
        self._media: MediaId | None = None
        self._place: Box | None = None
        self._chosen: CommentId | None = None
        self.pins = Pins(canvas)
        self.pins.shown = not switches.on(PINS)
        self.state = QLabel()
        self.by = QLabel()
        self.by.setProperty("role", "quiet")
        self.comments = CommentsPanel()
        self.verbs = self._make_verbs()
        self.buttons: dict[str, QPushButton] = {}
        self._lay_out()
        self.pins.picked.connect(self._pick)
        self.pins.picked.connect(self.wanted)
        tool = canvas.tools.get(CommentTool.id)
        if isinstance(tool, CommentTool):
            tool.asked = self.point_at
        self.comments.chosen.connect(self._pick)
        self.comments.said.connect(self.say)
        self.comments.answered.connect(self._answer)
        self.comments.resolved.connect(self._resolve)
        self.comments.filtered.connect(self.take_up)
        self.comments.dropped.connect(self._forget_place)

    def _make_verbs(self) -> list[Command]:
        verbs: tuple[tuple[ReviewState, str, Callable[[], None], str, str], ...] = (
            ("labelled", "Hand in", self.hand_in, "Shift+E", "hourglass"),
            ("approved", "Approve", self.approve, "Shift+A", "circle-check"),
            ("rejected", "Reject", self.ask_reason, "Shift+X", "circle-x"),
            ("open", "Reopen", self.reopen, "", "arrow-back-up"),
        )
        return [
            Command(
                f"label.review_{state}", title, run, keys, icon, "Edit", self._can(state),
                _SO_ALREADY,
            )
            for state, title, run, keys, icon in verbs
        ]  # fmt: skip

    def _lay_out(self) -> None:
        inside = QWidget()
        rows = column(inside)
        head = QHBoxLayout()
        head.addWidget(self.state)
        head.addStretch(1)
        head.addWidget(self.by)
        rows.addLayout(head)
        for pair in (self.verbs[:2], self.verbs[2:]):
            line = QHBoxLayout()
            line.setSpacing(4)
            for verb in pair:
                button = command_button(verb)
                self.buttons[verb.id] = button
                line.addWidget(button, 1)
            rows.addLayout(line)
        rows.addWidget(self.comments, 1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Review of the picture")

    def commands(self) -> list[Command]:
        """List them for menus, palette and keys."""
        tell, keep = self._desk.hint, self._switches.set
        chosen = Command(
            "label.comment_shape", "Comment on the chosen shape", self.write, "", "message", "Edit",
            lambda: len(self._model.selection) == 1, "Select one shape first.",
        )  # fmt: skip
        return [*self.verbs, chosen, self.pins.command(self._has_picture, tell, keep)]

    # --- what the picture is

    def hand_in(self) -> None:
        """Say that the picture is labelled."""
        self._do(lambda media: self._reviewing.hand_in([media]))

    def approve(self) -> None:
        """Say that the picture is right."""
        self._do(lambda media: self._reviewing.approve([media]))

    def reopen(self) -> None:
        """Forget what was said of how far it is."""
        self._do(lambda media: self._reviewing.reopen([media]))

    def ask_reason(self) -> None:
        """Ask what is to be mended, and give the picture back."""
        reason, agreed = QInputDialog.getText(self, "Reject picture", "What is to be mended")
        if agreed:
            self.reject(reason)

    def reject(self, reason: str) -> None:
        """Give the picture back with a reason."""
        self._do(lambda media: self._reviewing.reject([media], reason))

    # --- what is said about it

    def point_at(self, place: Box) -> None:
        """Ask for a comment on a place, px of the upright picture."""
        self._place = place
        self.write()

    def write(self) -> None:
        """Put the cursor where a comment is written."""
        self._show_target()
        self.wanted.emit()
        self.comments.text.setFocus()

    def say(self, text: str) -> None:
        """Comment on the place that was pointed at, the chosen shape, or the picture."""
        place, shape = self._place, None if self._place is not None else self._shape()
        made: list[Comment] = []

        def deed(media: MediaId) -> None:
            made.append(self._reviewing.comment(media, text, place, shape))

        if self._do(deed) and made:
            self._place = None
            self.comments.text.clear()
            self._pick(made[0].id)

    # --- showing

    def show_picture(self, media: MediaId | None) -> None:
        """Show how far a picture is and what is said about it."""
        if media != self._media:
            self._media, self._place, self._chosen = media, None, None
        self.take_up()

    def take_up(self) -> None:
        """Show what is known now."""
        media = self._media
        review = None if media is None else self._reviewing.of(media)
        state = review.state if review is not None else "open"
        self.state.setText(REVIEW_WORDS[state])
        self.state.setProperty("role", _ROLES[state])
        self.state.style().polish(self.state)
        by = "" if review is None or not review.at else signed(review.by, review.at)
        self.by.setText(by)
        self.by.setVisible(bool(by))
        for verb in self.verbs:
            self.buttons[verb.id].setEnabled(verb.enabled())
        listed = [one for one in self._all() if self.comments.every.isChecked() or not one.resolved]
        if self._chosen not in {one.id for one in listed}:
            self._chosen = None
        self.comments.show_comments(listed, self._chosen)
        self.pins.show_comments(listed, self._chosen)
        self._show_target()

    def move_pins(self) -> None:
        """Follow shapes that moved."""
        self.pins.move()
        self._show_target()

    def _all(self) -> list[Comment]:
        return [] if self._media is None else list(self._reviewing.comments(self._media))

    def _show_target(self) -> None:
        self.comments.show_target(self._place, self._shape() is not None)

    def _shape(self) -> ShapeId | None:
        chosen = list(self._model.selection)
        return chosen[0] if len(chosen) == 1 else None

    def _pick(self, id_: CommentId | None) -> None:
        self._chosen = None if id_ is None else CommentId(id_)
        self.take_up()

    def _forget_place(self) -> None:
        self._place = None
        self._show_target()

    def _answer(self, text: str) -> None:
        comment = self._current()
        if comment is not None and self._attempt(lambda: self._reviewing.reply(comment, text)):
            self.comments.text.clear()

    def _resolve(self, resolved: bool) -> None:
        comment = self._current()
        if comment is not None:
            self._attempt(lambda: self._reviewing.resolve(comment, resolved=resolved))

    def _current(self) -> Comment | None:
        return next((one for one in self._all() if one.id == self._chosen), None)

    def _do(self, deed: Callable[[MediaId], object]) -> bool:
        media = self._media
        return media is not None and self._attempt(lambda: deed(media))

    def _has_picture(self) -> bool:
        return self._media is not None

    def _can(self, state: ReviewState) -> Callable[[], bool]:
        """Tell whether the picture can come into a state; rejecting again gives another reason."""

        def can() -> bool:
            if self._media is None:
                return False
            return state == "rejected" or self._reviewing.of(self._media).state != state

        return can

"""Branches of the labels: begin one, work in it, and merge it, looking at each conflict."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.labels import LABELS, LabelSchema, LayerName, Shape, ShapeId
from studio.errors import StudioError
from studio.services.branching import Choice, Difference, layer_of
from studio.ui.canvas.model import words
from studio.ui.desk import Command, Desk
from studio.ui.widgets.buttons import command_button

_DATA = Qt.ItemDataRole.UserRole


class BranchesDialog(QDialog):
    """All branches at the left, what differs in the chosen one at the right.

    Parameters
    ----------
    desk : Desk
        For the session.
    """

    entered = Signal()
    """The hand works in another layer now."""
    pointed = Signal(str, str, str)
    """The person looks at a difference: media, shape, and the layer that still has it."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Branches of the labels")
        self.resize(760, 460)
        self._desk = desk
        self._chosen: dict[ShapeId, Choice] = {}
        self._differences: list[Difference] = []
        self.list = QListWidget()
        self.list.setAccessibleName("Branches")
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name of a new branch")
        self.name.setAccessibleName("Name of a new branch")
        self.news = QLabel()
        self.news.setWordWrap(True)
        self.news.setProperty("role", "quiet")
        self.conflicts = QListWidget()
        self.conflicts.setAccessibleName("Differences, conflicts first")
        self.conflicts.setWordWrap(True)
        self.conflicts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._build()
        self.name.returnPressed.connect(self.begin)
        self.list.currentItemChanged.connect(self._show_differences)
        self.conflicts.currentItemChanged.connect(self._point)
        desk.bridge.edited.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        named = {
            "begin": ("Begin branch", self.begin, "git-branch"),
            "enter": ("Work in it", self.enter, "edit"),
            "leave": ("Back to the labels", self.leave, "arrow-back-up"),
            "end": ("End branch", self.end, "trash"),
            "ours": ("Keep the labels' shape", lambda: self.settle("labels"), ""),
            "theirs": ("Take the branch's shape", lambda: self.settle("branch"), ""),
            "merge": ("Merge into the labels", self.merge, "git-fork"),
        }
        buttons = {
            id_: command_button(
                Command(f"branches.{id_}", title, run, "", icon),
                "primary" if id_ == "merge" else "",
            )
            for id_, (title, run, icon) in named.items()
        }
        for button in buttons.values():
            button.setAutoDefault(False)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.name)
        for id_ in ("begin", "enter", "leave", "end"):
            left.addWidget(buttons[id_])
        right.addWidget(self.news)
        right.addWidget(self.conflicts, 1)
        row = QHBoxLayout()
        row.addWidget(buttons["ours"])
        row.addWidget(buttons["theirs"])
        right.addLayout(row)
        right.addWidget(buttons["merge"])
        whole = QHBoxLayout(self)
        whole.setContentsMargins(24, 24, 24, 16)
        whole.setSpacing(16)
        whole.addLayout(left, 2)
        whole.addLayout(right, 3)

    def refresh(self) -> None:
        """Read branches and differences again."""
        kept = self._name()
        at = self._desk.session.labelling.layer
        self.list.blockSignals(True)
        self.list.clear()
        for name in self._desk.session.branching.branches():
            here = " · you work here" if layer_of(name) == at else ""
            item = QListWidgetItem(f"{name}{here}")
            item.setData(_DATA, name)
            self.list.addItem(item)
            if name == kept or self.list.count() == 1:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self._show_differences()

    def begin(self) -> None:
        """Begin a branch of the typed name."""
        name = self.name.text()
        if self._try(lambda: self._desk.session.branching.begin(name)):
            self.name.clear()

    def enter(self) -> None:
        """Let the hand work in the chosen branch."""
        name = self._name()
        if name:
            self._work_in(layer_of(name))

    def leave(self) -> None:
        """Let the hand work in the labels again."""
        self._work_in(LABELS)

    def end(self) -> None:
        """Take the chosen branch away; undo brings it back."""
        name = self._name()
        if name and self._try(lambda: self._desk.session.branching.end(name)):
            self.leave()

    def settle(self, side: Choice) -> None:
        """Decide the chosen conflict."""
        difference = self._difference()
        if difference is not None and difference.conflict:
            self._chosen[difference.id] = side
            self._show_differences()

    def merge(self) -> None:
        """Bring the branch into the labels; open conflicts stay."""
        name = self._name()
        if name and self._try(lambda: self._desk.session.branching.merge(name, self._chosen)):
            self._chosen.clear()
            self.refresh()

    def _work_in(self, layer: LayerName) -> None:
        self._desk.session.labelling.layer = layer
        self.entered.emit()
        self.refresh()

    def _name(self) -> str:
        item = self.list.currentItem()
        return str(item.data(_DATA)) if item is not None else ""

    def _difference(self) -> Difference | None:
        row = self.conflicts.currentRow()
        return self._differences[row] if 0 <= row < len(self._differences) else None

    def _show_differences(self) -> None:
        name, schema = self._name(), self._desk.session.project.state.schema
        found = self._desk.session.branching.differences(name) if name else []
        self._differences = sorted(found, key=lambda one: not one.conflict)
        row = self.conflicts.currentRow()
        self.conflicts.blockSignals(True)
        self.conflicts.clear()
        for one in self._differences:
            self.conflicts.addItem(_said(one, schema, self._chosen.get(one.id)))
        self.conflicts.setCurrentRow(min(row, len(self._differences) - 1))
        self.conflicts.blockSignals(False)
        count = sum(one.conflict for one in found)
        if not name:
            self.news.setText("A branch is a second set of labels: try something, or let another"
                              " person work apart. Name one to begin.")  # fmt: skip
        elif not found:
            self.news.setText("The labels and this branch are the same.")
        else:
            self.news.setText(f"{len(found):,} differences, {count:,} of them conflicts")

    def _point(self) -> None:
        one = self._difference()
        if one is not None:
            layer = layer_of(self._name()) if one.labels is None else LABELS
            self.pointed.emit(one.media, one.id, layer)

    def _try(self, deed: Callable[[], object]) -> bool:
        try:
            deed()
        except StudioError as error:
            self._desk.fail(error)
            return False
        return True


def _said(one: Difference, schema: LabelSchema, chosen: Choice | None) -> str:
    mark = "Conflict · " if one.conflict and chosen is None else ""
    if chosen is not None:
        mark = "Labels' shape · " if chosen == "labels" else "Branch's shape · "
    return f"{mark}labels: {_state(one.base, one.labels, schema)} · branch: " + _state(
        one.base, one.branch, schema
    )


def _state(base: Shape | None, now: Shape | None, schema: LabelSchema) -> str:
    if now is None:
        return "deleted" if base is not None else "not there"
    if now == base:
        return "unchanged"
    label = schema.get(now.label)
    return f"{label.name if label else now.label}, {words(now.geometry)}"

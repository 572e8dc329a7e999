"""The dataset page: a plan with its preview on the left, the versions made on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.domain.datasets import DatasetVersion, SplitPlan
from studio.domain.ids import Digest, JsonValue
from studio.errors import StudioError
from studio.ui.desk import Command, Desk, Page
from studio.ui.forms.form import ParamsForm
from studio.ui.pages.dataset.figures import Figures
from studio.ui.pages.dataset.presenter import Preview, version_title
from studio.ui.pages.dataset.previewer import Previewer
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.job_strip import JobStrip

_OPERATION = "dataset.split"
_DIGEST = Qt.ItemDataRole.UserRole
_FORM_WIDTH = 300


class DatasetPage(Page):
    """Makes dataset versions and shows them."""

    id = "dataset"
    title = "Dataset"
    icon = "versions"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._project = desk.session.project
        self._make = Command(
            "dataset.make", "Make version", self.make, "Ctrl+Return", "versions", "Run",
            self._can_make, "Import pictures and mend what is marked in the form.",
        )  # fmt: skip
        self._train = Command(
            "dataset.train", "Train on this", self.train, "", "chart-line", "Go",
            self._has_version, "Make a dataset version first.",
        )  # fmt: skip
        self.form = ParamsForm(desk.session.plugins.get(_OPERATION).params)
        self.strip = JobStrip(desk)
        self.preview = Figures("preview", leaks=False)
        self.figures = Figures("dataset version", leaks=True)
        self.versions = QListWidget()
        self._title = QLabel()
        self._previewer = Previewer(self._project.state, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self._empty = EmptyState(
            "photo-plus",
            "No pictures to deal yet",
            "A dataset version is an unchangeable choice of pictures and labels, dealt to "
            "training, validation and test. Import pictures first.",
            Command("dataset.go_media", "Go to Media", self._go_media, "", "photo"),
        )
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._left())
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self._card("Preview", self.preview), 4)
        right.addWidget(self._made(), 7)
        row.addLayout(right, 1)
        self._views = QStackedLayout(self)
        self._views.addWidget(work)
        self._views.addWidget(self._empty)

    def _left(self) -> QWidget:
        left = QWidget()
        left.setFixedWidth(_FORM_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        heading = QLabel("New version")
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        # In a low window the form scrolls; its words are never squeezed.
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.form)
        column.addWidget(scroll, 1)
        column.addWidget(command_button(self._make, "primary"))
        column.addWidget(self.strip)
        return left

    def _made(self) -> QWidget:
        self.versions.setAccessibleName("Dataset versions")
        self.versions.setMinimumWidth(224)
        self._none = EmptyState(
            "versions",
            "No version yet",
            "Make one; it is kept for ever, so that every result says what it was measured on.",
        )
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.versions)
        side = QVBoxLayout()
        side.setSpacing(8)
        top = QHBoxLayout()
        self._title.setProperty("role", "heading")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        top.addWidget(self._title, 1)
        top.addWidget(command_button(self._train))
        side.addLayout(top)
        side.addWidget(self.figures, 1)
        row.addLayout(side, 1)
        holder = QWidget()
        self._versions_view = QStackedLayout(holder)
        self._versions_view.addWidget(body)
        self._versions_view.addWidget(self._none)
        return self._card("Versions", holder)

    @staticmethod
    def _card(title: str, body: QWidget) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        column.addWidget(body, 1)
        return card

    def _connect(self) -> None:
        self.form.changed.connect(self._ask)
        self._previewer.ready.connect(self._previewed)
        self._previewer.failed.connect(self.desk.fail)
        self.versions.currentItemChanged.connect(self._picked)
        self.strip.finished.connect(self._finished)
        self.desk.bridge.edited.connect(self._edited)
        self.desk.bridge.artefact_added.connect(self._list)

    # --- what the window asks

    def commands(self) -> Sequence[Command]:
        """Make a version, and train on one."""
        return (self._make, self._train)

    def arrive(self) -> None:
        """Take up what happened meanwhile."""
        self._list()
        self._edited()
        self.desk.hint("A version is unchangeable; make another one after labelling on")

    def focus_on(self, **focus: JsonValue) -> None:
        """`dataset` chooses a version by its digest."""
        wanted = focus.get("dataset")
        if isinstance(wanted, str):
            self._choose(wanted)

    def release(self) -> None:
        """End the preview."""
        self._previewer.close()

    # --- deeds

    def make(self) -> None:
        """Make a version by the plan of the form."""
        plan = self._plan()
        if plan is None:
            return
        try:
            submission = self.desk.session.datasets.create(plan)
        except StudioError as error:
            self.desk.fail(error)
            return
        self.strip.follow(submission, "Make version")

    def train(self) -> None:
        """Go on to training with the chosen version."""
        digest = self._chosen()
        if digest is not None:
            self.desk.go("train", dataset=digest)

    def _plan(self) -> SplitPlan | None:
        try:
            return SplitPlan.model_validate(self.form.values())
        except ValidationError:
            return None

    def _can_make(self) -> bool:
        there = self._project.state.media.count() > 0
        return there and self._plan() is not None and not self.strip.busy

    def _has_version(self) -> bool:
        return self._chosen() is not None

    def _chosen(self) -> Digest | None:
        item = self.versions.currentItem()
        return None if item is None else Digest(item.data(_DIGEST))

    def _go_media(self) -> None:
        self.desk.go("media")

    # --- showing

    def _edited(self) -> None:
        self._views.setCurrentIndex(0 if self._project.state.media.count() else 1)
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        plan = self._plan()
        if plan is not None:
            self._previewer.ask(plan)

    def _previewed(self, made: Preview) -> None:
        self.preview.show_figures(made.schema, made.statistics)

    def _list(self) -> None:
        records = self._project.artefacts.of_kind(DatasetVersion.kind)
        kept = self._chosen()
        block = QSignalBlocker(self.versions)
        self.versions.clear()
        for number, record in enumerate(records):
            item = QListWidgetItem(version_title(record, len(records) - number))
            item.setData(_DIGEST, record.digest)
            item.setToolTip(record.digest)
            self.versions.addItem(item)
        block.unblock()
        self._versions_view.setCurrentIndex(0 if records else 1)
        if records and not self._choose(kept or records[0].digest):
            self._choose(records[0].digest)

    def _choose(self, digest: str) -> bool:
        for row in range(self.versions.count()):
            if self.versions.item(row).data(_DIGEST) == digest:
                self.versions.setCurrentRow(row)
                self._picked()
                return True
        return False

    def _picked(self) -> None:
        digest = self._chosen()
        if digest is None:
            return
        try:
            version = self.desk.session.datasets.get(digest)
        except StudioError as error:
            self.desk.fail(error)
            return
        plan = version.plan
        self._title.setText(f"{plan.strategy.capitalize()}, seed {plan.seed}")
        self.figures.show_figures(version.label_schema, version.statistics)

    def _finished(self, outputs: Mapping[str, Digest]) -> None:
        self._list()
        made = outputs.get("dataset") or next(iter(outputs.values()), None)
        if made is not None:
            self._choose(made)

"""The Active page: choose what to label next, label it, and see whether choosing paid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import JsonValue
from studio.errors import StudioError
from studio.services.active_learning import STRATEGIES, WORDS
from studio.services.job_runner import Submission
from studio.ui.desk import Command, Desk, Page
from studio.ui.forms.number_field import NumberField
from studio.ui.pages.active.presenter import ActivePresenter
from studio.ui.pages.active.queue_panel import QueuePanel
from studio.ui.pages.active.study_panel import StudyPanel
from studio.ui.widgets.artefact_choice import ArtefactChoice
from studio.ui.widgets.choice_row import choice_row
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.job_strip import JobStrip

_BATCH = 20


class ActivePage(Page):
    """What a model would learn most from, always beside what chance would have chosen."""

    id = "active"
    title = "Active"
    icon = "school"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.presenter = ActivePresenter(desk.session)
        index = desk.session.project.artefacts
        self.models = ArtefactChoice(index, "model", "Model")
        self.queues = ArtefactChoice(index, "label-queue", "Queue")
        for choice in (self.models, self.queues):
            choice.setMinimumContentsLength(15)
        self.strategy = QComboBox()
        self.strategy.setAccessibleName("Strategy")
        for one in STRATEGIES:
            self.strategy.addItem(WORDS[one], one)
        self.strategy.setCurrentIndex(STRATEGIES.index("margin"))
        self.batch = NumberField(_BATCH, whole=True, name="Pictures of each arm")
        self.seed = NumberField(0, whole=True, name="Seed")
        for field in (self.batch, self.seed):
            field.setMinimumWidth(128)
        self.strip = JobStrip(desk)
        self._commands = self._make_commands()
        by_id = {one.id: one for one in self._commands}
        deeds = [by_id["active.label_next"], by_id["active.compare"]]
        self.queue = QueuePanel(self.queues, deeds)
        self.study = StudyPanel(index, by_id["active.replay"])
        self._build(by_id["active.choose"])
        self._connect()

    def _make_commands(self) -> list[Command]:
        queue, none = self._has_queue, "Choose pictures first."
        model, why = self._has_model, "Train a model first."
        return [
            Command(
                "active.choose", "Choose pictures", self.choose, "Ctrl+Return", "sparkles", "Run",
                model, why,
            ),
            Command(
                "active.label_next", "Label the next picture", self.label_next, "N", "tag", "Go",
                queue, none,
            ),
            Command(
                "active.compare", "Compare with chance", self.compare, "C", "chart-dots", "Run",
                queue, none,
            ),
            Command(
                "active.replay", "Replay against chance", self.replay, "R", "player-play", "Run",
                model, why,
            ),
        ]  # fmt: skip

    def _build(self, choose: Command) -> None:
        self.empty = EmptyState(
            "school",
            "There is no model yet that could choose",
            "A trained model says which pictures it would learn most from. Label a few, train, and"
            " come back.",
            Command("active.go_train", "Train a model", partial(self.desk.go, "train")),
        )
        body = QWidget()
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        chosen = (
            ("Model", self.models),
            ("Strategy", self.strategy),
            ("Pictures", self.batch),
        )
        column.addLayout(choice_row(chosen, choose, ("Seed", self.seed)))
        self.note = QLabel("As many pictures again are drawn by chance and mixed among them.")
        self.note.setProperty("role", "quiet")
        column.addWidget(self.note)
        column.addWidget(self.strip)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Queue and study")
        self.tabs.addTab(self.queue, "Queue")
        self.tabs.addTab(self.study, "Study")
        column.addWidget(self.tabs, 1)

    def _connect(self) -> None:
        self.queues.chosen.connect(self._queue_chosen)
        self.queue.opened.connect(self._open)
        self.study.changed.connect(self._show_study)
        self.strip.finished.connect(self._finished)
        self.desk.bridge.artefact_added.connect(self._added)
        self.desk.bridge.edited.connect(self._edited)

    # --- what the window asks

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return self._commands

    def arrive(self) -> None:
        """Read the lists again."""
        for choice in (self.models, self.queues, self.study.datasets, self.study.studies):
            choice.refresh()
        self.stack.setCurrentIndex(1 if self.models.count() or self.queues.count() else 0)
        self._show_queue()
        self._show_study()

    def focus_on(self, **focus: JsonValue) -> None:
        """`model` and `queue` are looked at, `study` shows one."""
        self.arrive()
        for word, choice in (
            ("model", self.models),
            ("queue", self.queues),
            ("study", self.study.studies),
        ):
            if word in focus:
                choice.choose(str(focus[word]))
        if "study" in focus:
            self.tabs.setCurrentWidget(self.study)

    # --- deeds

    def choose(self) -> None:
        """Let the chosen model choose."""
        model = self.models.digest()
        if model is None:
            return
        active, strategy = self.desk.session.active, self.strategy.currentData()
        batch, seed = _whole(self.batch, _BATCH), _whole(self.seed, 0)
        self._begin(lambda: active.choose(model, strategy, batch, seed=seed), "Choosing pictures")

    def label_next(self) -> None:
        """Open the next picture of the queue on the Label page."""
        queue = self.queues.digest()
        item = self.desk.session.active.next(queue=queue) if queue is not None else None
        if item is None:
            self.desk.toast("Every picture of the queue is labelled.", "success")
            return
        self._open(item.id)

    def compare(self) -> None:
        """Compare the arms of the queue."""
        queue = self.queues.digest()
        if queue is not None:
            active = self.desk.session.active
            self._begin(lambda: active.compare(queue), "Comparing with chance")

    def replay(self) -> None:
        """Replay the ticked strategies."""
        model, dataset = self.models.digest(), self.study.datasets.digest()
        if model is None or dataset is None:
            self.desk.toast("Make a dataset version with a test split first.", "warning")
            return
        active, named = self.desk.session.active, self.study.strategies()
        numbers, seed = self.study.setting(), _whole(self.seed, 0)
        self.tabs.setCurrentWidget(self.study)
        self._begin(
            lambda: active.study(
                model, dataset, named, start=numbers["start"], batch=numbers["batch"],
                rounds=numbers["rounds"], repetitions=numbers["repetitions"], seed=seed,
            ),
            "Replaying",
        )  # fmt: skip

    def _begin(self, order: Callable[[], Submission], title: str) -> None:
        if self.strip.busy:
            self.desk.toast("One thing after the other: a job of this page runs.", "warning")
            return
        try:
            submission = order()
        except StudioError as error:
            self.desk.fail(error)
            return
        self.strip.follow(submission, title)

    # --- showing

    def _finished(self, outputs: dict[str, str]) -> None:
        self.arrive()
        if "label-queue" in outputs:
            self.queues.choose(outputs["label-queue"])
            self.tabs.setCurrentWidget(self.queue)
        if "learning-study" in outputs:
            self.study.studies.choose(outputs["learning-study"])

    def _show_queue(self) -> None:
        presenter, queue = self.presenter, self.queues.digest()
        try:
            progress, report = presenter.progress(queue), presenter.report(queue)
        except StudioError as error:
            self.desk.fail(error)
            return
        self.queue.show_queue(presenter.said(progress), progress, presenter.rows(progress))
        said = presenter.report_said(report) if report is not None else ""
        self.queue.show_report(report, said)

    def _show_study(self) -> None:
        digest = self.study.studies.digest()
        try:
            study = self.desk.session.active.read_study(digest) if digest is not None else None
        except StudioError as error:
            self.desk.fail(error)
            return
        self.study.show_study(study, self.presenter.study_said(study) if study else ())

    def _queue_chosen(self, digest: str) -> None:
        del digest
        self._show_queue()

    def _added(self, record: object) -> None:
        del record
        if self.isVisible():
            self.arrive()

    def _edited(self, edit: object) -> None:
        del edit
        if self.isVisible():
            self._show_queue()

    def _open(self, media: str) -> None:
        self.desk.go("label", media=media)

    def _has_queue(self) -> bool:
        return bool(self.desk.session.active.queues())

    def _has_model(self) -> bool:
        return self.models.digest() is not None


def _whole(field: NumberField, otherwise: int) -> int:
    value = field.value()
    return int(value) if isinstance(value, int | float) else otherwise

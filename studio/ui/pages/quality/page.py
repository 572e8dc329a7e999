"""The Quality page: what stands in the labels, who agrees, and what looks wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtWidgets import QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from studio.domain.ids import JsonValue
from studio.domain.labels import LayerStatistics
from studio.domain.quality import Agreement
from studio.errors import StudioError
from studio.services.quality import CheckScore
from studio.ui.desk import Command, Desk, Page
from studio.ui.errands import Errands
from studio.ui.pages.quality.agreement_panel import AgreementPanel
from studio.ui.pages.quality.alike_panel import AlikePanel
from studio.ui.pages.quality.checks_panel import ChecksPanel
from studio.ui.pages.quality.deeds import QualityDeeds
from studio.ui.pages.quality.errors_panel import ErrorsPanel
from studio.ui.pages.quality.presenter import QualityPresenter
from studio.ui.pages.quality.statistics_panel import StatisticsPanel
from studio.ui.widgets.empty_state import EmptyState
from studio.ui.widgets.job_strip import JobStrip

TABS = ("statistics", "agreement", "errors", "alike", "checks")


class _Told(NamedTuple):
    """What was counted off the GUI thread; None for what was not asked."""

    statistics: LayerStatistics | None = None
    agreement: Agreement | None = None
    why_not: str = ""
    scores: list[CheckScore] | None = None


class QualityPage(Page):
    """How good the labels are."""

    id = "quality"
    title = "Quality"
    icon = "certificate"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.presenter = QualityPresenter(desk.session)
        self.strip = JobStrip(desk)
        self.deeds = QualityDeeds(self)
        self._commands = self.deeds.commands()
        by_id = {one.id.partition(".")[2]: one for one in self._commands}
        self.statistics = StatisticsPanel(self.presenter)
        self.agreement = AgreementPanel(
            self.presenter, by_id["assign"], by_id["work_as"], by_id["settle"]
        )
        self.errors = ErrorsPanel(self.presenter, by_id["rank"])
        self.alike = AlikePanel(self.presenter, by_id["compare"])
        self.checks = ChecksPanel(self.presenter, by_id["keep_checks"], by_id["release_checks"])
        self.errands = Errands(self._told, desk.fail, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.empty = EmptyState(
            "certificate",
            "There are no labels whose quality could be told",
            "Label some pictures, or import labels with them, and come back.",
            Command("quality.go_label", "Label pictures", partial(self.desk.go, "label")),
        )
        body = QWidget()
        self.stack = QStackedLayout(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.strip)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Kinds of quality")
        for title, panel in (
            ("Statistics", self.statistics),
            ("Agreement", self.agreement),
            ("Label errors", self.errors),
            ("Look-alikes", self.alike),
            ("Checks", self.checks),
        ):
            self.tabs.addTab(panel, title)
        column.addWidget(self.tabs, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._refresh)
        self.statistics.chosen.connect(self._refresh)
        self.agreement.opened.connect(self._open)
        self.alike.opened.connect(self._open)
        self.errors.opened.connect(self._open)
        self.strip.finished.connect(self._finished)
        self.desk.bridge.edited.connect(self._edited)

    # --- what the window asks

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return self._commands

    def arrive(self) -> None:
        """Read everything again."""
        state = self.desk.session.project.state
        labelled = any(True for _ in state.layers())
        self.stack.setCurrentIndex(1 if labelled or self._people() else 0)
        people = self.presenter.people()
        self.statistics.show_people(people)
        self.agreement.show_people(people[1:])
        looking = self.desk.session.quality.looking
        try:
            self.errors.show_judges(looking.models(), looking.packages())
        except StudioError as error:
            self.desk.fail(error)
        self._refresh()

    def focus_on(self, **focus: JsonValue) -> None:
        """`tab` shows one: statistics, agreement, errors, alike or checks."""
        tab = focus.get("tab")
        if tab in TABS:
            self.tabs.setCurrentIndex(TABS.index(str(tab)))

    def release(self) -> None:
        """End what is counted and decoded."""
        self.errands.finish()
        self.errors.wall.finish()
        self.alike.wall.finish()

    # --- showing

    def _finished(self, outputs: dict[str, str]) -> None:
        del outputs
        self.arrive()

    def _refresh(self, *asked: object) -> None:
        """Show the tab in front; what takes long is counted on another thread."""
        del asked
        quality, shown = self.desk.session.quality, self.tabs.currentWidget()
        try:
            if shown is self.errors:
                told = quality.looking.errors()
                waiting = quality.looking.waiting(told) if told is not None else []
                self.errors.show_errors(told, waiting)
            elif shown is self.alike:
                self.alike.show_groups(quality.looking.duplicates())
            elif shown is self.statistics:
                layer = quality.annotators.layer(self.statistics.whose.currentText() or "labels")
                self.errands.ask(lambda: _Told(statistics=quality.statistics(layer)))
            elif shown is self.checks:
                self.errands.ask(lambda: _Told(scores=quality.checks.scores()))
            else:
                self.errands.ask(self._agreed)
        except StudioError as error:
            self.desk.fail(error)

    def _agreed(self) -> _Told:
        try:
            return _Told(agreement=self.desk.session.quality.agreeing.agreement())
        except StudioError as error:
            return _Told(why_not=f"{error.what_happened} {error.what_to_do}".strip())

    def _told(self, result: object) -> None:
        assert isinstance(result, _Told)
        if result.statistics is not None:
            self.statistics.show_statistics(result.statistics)
        elif result.scores is not None:
            kept = len(self.desk.session.quality.checks.pictures())
            self.checks.show_scores(kept, result.scores)
        else:
            self.agreement.show_agreement(result.agreement, result.why_not)

    def _edited(self, edit: object) -> None:
        del edit
        if self.isVisible():
            self._refresh()

    def _open(self, media: str, shape: str = "") -> None:
        focus: dict[str, JsonValue] = {"media": media}
        if shape:
            focus["shape"] = shape
        self.desk.go("label", **focus)

    def _people(self) -> list[str]:
        return self.desk.session.quality.annotators.names()

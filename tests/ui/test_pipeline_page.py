"""The Pipeline page on a real project, with real workers that do sums."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from studio import paths
from studio.app import Studio
from studio.domain.pipelines import Link, NodeId
from studio.services.plugin_host import PluginHost
from studio.services.settings import Settings
from studio.ui.graph.looks import PLAIN
from studio.ui.pages.pipeline.page import PipelinePage
from studio.ui.window import Window

FAKES = Path(__file__).resolve().parents[1] / "fakes" / "plugins"
Wait = Callable[[Callable[[], object]], None]


def house(tmp_path: Path) -> Studio:
    folders = [paths.builtin_plugins(), FAKES]
    return Studio(Settings(tmp_path / "settings"), PluginHost(folders, installed=False), folders)


@pytest.fixture
def window(dressed: QApplication, tmp_path: Path) -> Iterator[Window]:
    made = house(tmp_path)
    made.create(tmp_path / "sums", "Sums").close()
    shown = Window(made)
    shown.resize(1280, 720)
    shown.show()
    shown.open(tmp_path / "sums")
    assert shown.desk is not None
    shown.desk.go("pipeline")
    dressed.processEvents()
    yield shown
    shown.close()
    shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def page(window: Window) -> PipelinePage:
    assert window.desk is not None
    shown = window.desk.stack.currentWidget()
    assert isinstance(shown, PipelinePage)
    return shown


@pytest.fixture
def wait(dressed: QApplication) -> Wait:
    def until(holds: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < end, "it never held"
            dressed.processEvents()
            time.sleep(0.01)

    return until


def sums(page: PipelinePage) -> None:
    """Two numbers and their sum, built with the editor's own verbs."""
    page.start_empty()
    model = page.body.model
    one = model.add("test.number", (0.0, 0.0))
    two = model.add("test.number", (0.0, 160.0))
    add = model.add("test.add", (280.0, 80.0))
    model.connect(Link(one, "files", add, "a"))
    model.connect(Link(two, "files", add, "b"))
    model.set_params(two, {"value": 5})


def states(page: PipelinePage) -> set[str]:
    looks = page.body.follower.looks
    return {looks[id_].state for id_ in page.body.model.graph.nodes if id_ in looks}


def state(page: PipelinePage, node: str) -> str:
    return page.body.follower.looks.get(NodeId(node), PLAIN).state


def run(page: PipelinePage, wait: Wait) -> None:
    page.body.verbs.run()
    follower = page.body.follower
    wait(lambda: follower.active or not follower.starting)
    wait(lambda: not follower.active and not follower.starting)


def test_an_empty_project_offers_templates_and_an_empty_start(page: PipelinePage) -> None:
    assert page.stack.currentWidget() is page.empty
    page.empty.button.click()
    assert page.stack.currentWidget() is page.gallery
    assert {"classify", "detect", ""} <= page.gallery.buttons.keys()
    page.gallery.buttons["classify"].click()
    assert page.stack.currentWidget() is page.body
    assert len(page.body.editor.scene.nodes) == 6
    places = [item.pos() for item in page.body.editor.scene.nodes.values()]
    assert len({(p.x(), p.y()) for p in places}) == 6


def test_a_template_taken_twice_gets_a_name_of_its_own(page: PipelinePage) -> None:
    page.gallery.chosen.emit("classify")
    page.gallery.chosen.emit("classify")
    assert list(page.presenter.names()) == ["classify", "classify_2"]
    assert page.body.bar.choice.currentText() == "classify_2"


def test_what_keeps_it_from_running_is_listed_and_led_to(page: PipelinePage) -> None:
    page.start_empty()
    page.body.model.add("test.add", (280.0, 0.0))
    texts = [
        page.body.problems.list.item(row).text() for row in range(page.body.problems.list.count())
    ]
    assert len(texts) == 2
    assert all("add" in text for text in texts)
    assert states(page) == {"fault"}
    page.body.problems.list.itemClicked.emit(page.body.problems.list.item(0))
    assert page.body.panel.node == "add"


def test_the_plan_stands_on_the_nodes_before_they_run(page: PipelinePage, wait: Wait) -> None:
    sums(page)
    wait(lambda: states(page) == {"will_run", "may_run"})
    assert page.body.bar.message.text() == "2 nodes will run, 1 may run"


def test_a_second_run_does_nothing_and_says_so(page: PipelinePage, wait: Wait) -> None:
    sums(page)
    run(page, wait)
    assert states(page) == {"finished"}
    assert page.body.bar.message.text() == "Finished. 3 nodes ran."
    run(page, wait)
    assert states(page) == {"cached"}
    assert page.body.bar.message.text() == "3 nodes known from before. Nothing had to run."


def test_a_changed_parameter_marks_its_heirs_and_says_why(page: PipelinePage, wait: Wait) -> None:
    sums(page)
    run(page, wait)
    second = next(i for i in page.body.model.graph.nodes if i.startswith("number_"))
    page.body.editor.scene.choose([second])
    form = page.body.panel.form
    assert form is not None
    form.set_value("value", 6)
    wait(lambda: page.body.model.graph.nodes[second].params == {"value": 6})
    wait(lambda: state(page, second) == "will_run")
    looks = page.body.follower.looks
    assert looks[second].why == "value 5 → 6"
    assert looks[NodeId("add")].state == "may_run"
    assert looks[NodeId("number")].state == "finished"
    assert "5 → 6" in page.body.panel.state.text()


def test_undo_brings_form_and_canvas_back(window: Window, page: PipelinePage, wait: Wait) -> None:
    sums(page)
    page.body.editor.scene.choose([NodeId("number")])
    form = page.body.panel.form
    assert form is not None
    form.set_value("value", 9)
    page.body.panel.flush()
    assert window.desk is not None
    window.desk.session.project.undo()
    assert form.values() == {}
    window.desk.session.project.undo()
    window.desk.session.project.undo()
    assert len(page.body.editor.scene.links) == 1
    wait(lambda: "add" in page.body.follower.looks)


def test_a_failed_node_says_what_to_do_and_its_heirs_are_skipped(
    page: PipelinePage, wait: Wait
) -> None:
    page.start_empty()
    model = page.body.model
    one = model.add("test.number", (0.0, 0.0))
    end = page.body.model.card(one).outputs[0]
    bad = model.add("test.fail", (280.0, 0.0))
    after = model.add("test.half", (560.0, 0.0))
    model.connect(Link(one, end.name, bad, "a"))
    model.connect(Link(bad, "files", after, "a"))
    run(page, wait)
    looks = page.body.follower.looks
    assert looks[bad].state == "failed"
    assert "Give another one." in looks[bad].why
    assert looks[after].state == "skipped"
    page.body.editor.scene.choose([bad])
    assert "not to its taste" in page.body.panel.state.text()
    assert page.body.bar.message.property("role") == "error"


def test_running_shows_progress_and_can_be_cancelled(page: PipelinePage, wait: Wait) -> None:
    page.start_empty()
    slow = page.body.model.add("test.count", (0.0, 0.0))
    page.body.model.set_params(slow, {"to": 2000, "seconds": 0.02})
    page.body.verbs.run()
    wait(lambda: page.body.follower.looks.get(slow) and page.body.follower.looks[slow].percent)
    assert page.body.follower.looks[slow].state == "running"
    assert not page.body.verbs.whole.enabled()
    page.body.verbs.stop.run()
    wait(lambda: not page.body.follower.active)
    assert page.body.follower.looks[slow].state == "cancelled"


def test_run_to_here_runs_only_what_it_needs(page: PipelinePage, wait: Wait) -> None:
    sums(page)
    page.body.editor.scene.choose([NodeId("number")])
    page.body.verbs.run_here()
    follower = page.body.follower
    wait(lambda: follower.run_view is not None and not follower.active)
    wait(lambda: state(page, "number") == "finished")
    wait(lambda: state(page, "add") in ("may_run", "will_run"))


def test_the_list_says_what_the_canvas_shows(page: PipelinePage) -> None:
    sums(page)
    page.body.toggle_list()
    assert page.body.table.isVisible()
    assert page.body.table.rowCount() == 4
    page.body.table.setCurrentCell(1, 0)
    assert len(page.body.editor.scene.chosen()) == 1


def test_a_pipeline_is_there_again_when_the_project_is(window: Window, tmp_path: Path) -> None:
    assert window.desk is not None
    page = window.desk.stack.currentWidget()
    assert isinstance(page, PipelinePage)
    sums(page)
    window.open(tmp_path / "sums")
    window.desk.go("pipeline")
    again = window.desk.stack.currentWidget()
    assert isinstance(again, PipelinePage)
    assert len(again.body.editor.scene.nodes) == 4
    assert len(again.body.editor.scene.links) == 2

"""Live curves: nothing is hidden, nothing is drawn twice, and the numbers can be taken away."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.domain.jobs import Measured
from studio.domain.runs import Curve, RunRecord
from studio.errors import StudioError
from studio.ui.plots.board import CurveBoard, ShownRun, group_of, words
from studio.ui.plots.curves import LiveCurves
from studio.ui.plots.lines import Line, number
from studio.ui.plots.pyramid import Pyramid
from studio.ui.plots.series import COLOURS, colour
from studio.ui.plots.smoothing import Smoother
from studio.ui.theme.tokens import THEMES, contrast, load

VALUES = st.lists(
    st.one_of(st.floats(-1e6, 1e6), st.just(math.nan), st.just(math.inf)), min_size=1, max_size=900
)


def grown(values: list[float], batch: int) -> Pyramid:
    pyramid = Pyramid()
    for begin in range(0, len(values), batch):
        part = np.asarray(values[begin : begin + batch])
        pyramid.append(np.arange(begin, begin + len(part)), part)
    return pyramid


@settings(max_examples=150, deadline=None)
@given(VALUES, st.integers(1, 200), st.integers(1, 60))
def test_an_envelope_keeps_every_extreme_and_every_hole(
    values: list[float], batch: int, pixels: int
) -> None:
    pyramid = grown(values, batch)
    found = pyramid.envelope(-1, len(values), pixels)
    truth = np.asarray(values)
    finite = truth[np.isfinite(truth)]
    drawn = found.y[np.isfinite(found.y)]
    assert (len(drawn) > 0) == (len(finite) > 0)
    if len(finite):
        assert drawn.min() == finite.min()
        assert drawn.max() == finite.max()
    assert (len(found.holes) > 0) == (len(finite) < len(truth))
    assert len(found.x) <= max(2 * 4 * pixels + 16, 4 * pixels + 8)


@settings(max_examples=60, deadline=None)
@given(VALUES, st.integers(1, 50), st.integers(0, 900), st.integers(1, 400))
def test_a_stretch_keeps_the_extremes_of_that_stretch(
    values: list[float], batch: int, left: int, wide: int
) -> None:
    pyramid = grown(values, batch)
    left = min(left, len(values) - 1)
    part = np.asarray(values[left : left + wide])
    part = part[np.isfinite(part)]
    found = pyramid.envelope(left, left + wide - 1, 20).y
    found = found[np.isfinite(found)]
    if len(part):
        assert found.min() <= part.min()
        assert found.max() >= part.max()


def test_growing_by_ones_or_at_once_gives_the_same() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=5000).tolist()
    once, slowly = grown(values, 5000), grown(values, 7)
    for one, other in zip(once.envelope(0, 5000, 50), slowly.envelope(0, 5000, 50), strict=True):
        assert np.array_equal(one, other, equal_nan=True)


def test_smoothing_in_parts_equals_smoothing_at_once() -> None:
    values: NDArray[np.float64] = np.random.default_rng(1).normal(size=300)
    values[[3, 100]] = np.nan
    whole = Smoother(0.9).extend(values)
    parts = Smoother(0.9)
    joined = np.concatenate([parts.extend(values[:120]), parts.extend(values[120:])])
    assert np.allclose(whole, joined, equal_nan=True)
    assert np.isnan(whole[3])
    assert whole[0] == pytest.approx(values[0])


def test_a_constant_stays_what_it_is_when_smoothed() -> None:
    assert np.allclose(Smoother(0.99).extend(np.full(50, 3.0)), 3.0)


def test_a_line_reads_only_what_is_new_and_all_again_after_a_resumed_run() -> None:
    curve = Curve()
    line = Line("Loss", "", curve)
    curve.extend([0, 1, 2], [3.0, 2.0, None])
    assert line.read()
    assert not line.read()
    assert math.isnan(line.latest())
    curve.extend([3], [1.0])
    line.read()
    assert line.raw.x.tolist() == [0, 1, 2, 3]
    curve.extend([2, 3, 4], [0.5, 0.4, 0.3])
    line.read()
    assert line.raw.x.tolist() == [0, 1, 2, 3, 4]
    assert line.raw.y.tolist() == [3.0, 2.0, 0.5, 0.4, 0.3]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (1e-5, "1.00e-05"),
        (0.12345, "0.1235"),
        (12345.6, "12,346"),
        (math.nan, "not a number"),
    ],
)
def test_numbers_are_written_with_the_digits_that_matter(value: float, said: str) -> None:
    assert number(value) == said


def test_metrics_of_one_kind_share_a_plot() -> None:
    assert group_of("val_loss") == group_of("train_loss") == "loss"
    assert words("val_ap50") == "Validation AP50"


@pytest.mark.parametrize("theme", THEMES)
def test_lines_stand_out_from_the_ground(theme: str) -> None:
    tokens = load(theme)  # type: ignore[arg-type]
    for series in range(len(COLOURS)):
        assert contrast(colour(series, tokens), tokens.surface) >= 3


def record(steps: int, scale: float = 1.0) -> RunRecord:
    made = RunRecord()
    loss = [scale * 2 / (1 + step) for step in range(steps)]
    made.take(
        [
            Measured(
                steps=list(range(steps)), values={"loss": [*loss], "learning_rate": [1e-3] * steps}
            ),
            Measured(steps=[steps - 1], values={"val_accuracy": [0.9]}),
        ]
    )
    return made


@pytest.fixture
def board(dressed: QApplication) -> Iterator[CurveBoard]:
    made = CurveBoard()
    made.resize(1000, 700)
    made.show()
    dressed.processEvents()
    yield made
    made.close()


def test_plots_come_with_the_metrics_and_grow_with_the_run(board: CurveBoard) -> None:
    run = record(100)
    board.show_runs([ShownRun("a", "First", run)])
    assert list(board.plots) == ["loss", "learning_rate", "accuracy"]
    assert "0.02" in board.plots["loss"].legend.text()
    run.take([Measured(steps=[100], values={"loss": [7.5], "val_loss": [0.25]})])
    QTest.qWait(120)
    text = board.plots["loss"].legend.text()
    assert "7.5" in text
    assert "Validation loss" in text
    assert board.plots["loss"].view.viewRange()[1][1] > 7.5


def test_runs_are_compared_by_name_and_colour(board: CurveBoard) -> None:
    board.show_runs([ShownRun("a", "First", record(50)), ShownRun("b", "Second", record(50, 3))])
    lines = board.plots["loss"].lines
    assert [(line.run, line.colour) for line in lines] == [("First", 0), ("Second", 1)]
    board.show_runs([ShownRun("b", "Second", record(50, 3))])
    assert [line.run for line in board.plots["loss"].lines] == [""]


def test_the_crosshair_reads_all_plots_at_one_step(board: CurveBoard) -> None:
    board.show_runs([ShownRun("a", "First", record(100))])
    board.plots["loss"].pointed.emit(9.0)
    assert "<b>0.2</b>" in board.plots["loss"].legend.text()
    assert "at step 9" in board.plots["learning_rate"].legend.text()
    board.plots["loss"].pointed.emit(math.nan)
    assert "at step" not in board.plots["loss"].legend.text()


def test_the_pointer_over_a_plot_moves_the_crosshair(board: CurveBoard) -> None:
    board.show_runs([ShownRun("a", "First", record(100))])
    plot = board.plots["loss"]
    QApplication.processEvents()
    viewport = plot.plot.viewport()
    QTest.mouseMove(viewport, QPoint(viewport.width() // 2, viewport.height() // 2))
    QTest.qWait(50)
    assert "at step" in plot.legend.text()


def test_smoothing_adds_a_line_and_leaves_the_numbers_alone(board: CurveBoard) -> None:
    board.show_runs([ShownRun("a", "First", record(100))])
    board.smoothing.setValue(90)
    line = board.plots["loss"].lines[0]
    assert line.smoothed
    assert len(line.smooth) == len(line.raw)
    assert line.raw.y[0] == 2.0
    board.smoothing.setValue(0)
    assert not line.smoothed


def test_a_logarithmic_axis_leaves_out_what_is_not_above_zero(board: CurveBoard) -> None:
    run = record(10)
    run.take([Measured(steps=[10], values={"loss": [-1.0]})])
    board.show_runs([ShownRun("a", "First", run)])
    board.log.click()
    low, high = board.plots["loss"].view.viewRange()[1]
    assert low < math.log10(0.2) < math.log10(2) < high
    board.grab()


def test_a_plot_moved_by_hand_stays_until_all_is_asked_for(board: CurveBoard) -> None:
    run = record(100)
    board.show_runs([ShownRun("a", "First", run)])
    plot: LiveCurves = board.plots["loss"]
    plot.view.setRange(xRange=(10, 20), padding=0)
    plot.view.sigRangeChangedManually.emit([True, True])
    run.take([Measured(steps=[100], values={"loss": [1.0], "learning_rate": [1e-3]})])
    board.tick()
    assert plot.view.viewRange()[0] == [10, 20]
    board.fit()
    assert plot.view.viewRange()[0] == [0, 100]


def test_plots_are_written_as_pictures_and_every_point_as_a_table(
    board: CurveBoard, tmp_path: Path
) -> None:
    board.show_runs([ShownRun("a", "First", record(5000))])
    for name in ("a.png", "a.svg", "a.csv"):
        board.write(tmp_path / name)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text())))
    loss = [row for row in rows if row["metric"] == "Loss"]
    assert len(loss) == 5000
    assert float(loss[3]["value"]) == 0.5
    with pytest.raises(StudioError):
        board.write(tmp_path / "a.doc")
    with pytest.raises(StudioError):
        board.write(tmp_path / "no" / "a.csv")


def test_a_lone_point_is_seen(board: CurveBoard) -> None:
    run = RunRecord()
    run.take([Measured(steps=[0], values={"loss": [1.0]})])
    board.show_runs([])
    QApplication.processEvents()
    board.show_runs([ShownRun("a", "First", run)])
    plot = board.plots["loss"].plot
    QTest.qWait(60)
    drawn = plot.grab().toImage()
    wanted = colour(0, load("light"))
    seen = any(
        drawn.pixelColor(x, y).name() == wanted
        for x in range(drawn.width())
        for y in range(drawn.height())
    )
    assert seen

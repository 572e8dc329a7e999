"""Plots and their numbers as files."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from studio.api.job_folder import replace_file
from studio.errors import StudioError
from studio.ui.plots.lines import Line

ENDINGS = ("png", "svg", "csv")
_SHARP = 2.0


def write_plots(path: Path, board: QWidget, lines: Sequence[Line]) -> None:
    """Write plots as a picture, or their numbers as a table, by the file's ending.

    Parameters
    ----------
    path : Path
        Ends with `.png`, `.svg` or `.csv`; replaced if it exists.
    board : QWidget
        What is drawn.
    lines : sequence of Line
        Whose points are written, every one of them.

    Raises
    ------
    StudioError
        If the ending is another one or the file cannot be written.
    """
    ending = path.suffix.casefold().removeprefix(".")
    if ending not in ENDINGS:
        raise StudioError(
            f"Plots cannot be written as “{path.suffix}”.", "Choose .png, .svg or .csv."
        )
    data = {"png": lambda: _png(board), "svg": lambda: _svg(board), "csv": lambda: table(lines)}
    try:
        replace_file(path, data[ending]())
    except OSError as error:
        raise StudioError(
            f"{path.name} could not be written: {error.strerror}.", "Choose another folder."
        ) from error


def table(lines: Sequence[Line]) -> bytes:
    """Write all points as comma-separated values: run, metric, step, value; holes are `nan`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["run", "metric", "step", "value"])
    for line in lines:
        for step, value in zip(line.raw.x.tolist(), line.raw.y.tolist(), strict=True):
            said = "nan" if math.isnan(value) else repr(value)
            writer.writerow([line.run, line.name, int(step), said])
    return text.getvalue().encode()


def _png(board: QWidget) -> bytes:
    drawn = QPixmap(board.size() * _SHARP)
    drawn.setDevicePixelRatio(_SHARP)
    board.render(drawn)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawn.save(buffer, "PNG")
    return bytes(data.data())


def _svg(board: QWidget) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(board.width(), board.height()))
    generator.setViewBox(QRectF(board.rect()))
    painter = QPainter(generator)
    board.render(painter, QPoint())
    painter.end()
    return bytes(data.data())

"""The confusion matrix is a door to pictures, by mouse and by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.ui.plots.confusion import ConfusionMatrix


def shown(qtbot: QtBot) -> ConfusionMatrix:
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(400, 300)
    matrix.show_matrix([[5, 1], [0, 7]], ["cat", "dog"], ["cat", "dog"])
    matrix.show()
    return matrix


def test_a_clicked_cell_says_its_row_and_column(qtbot: QtBot) -> None:
    matrix = shown(qtbot)
    with qtbot.waitSignal(matrix.cell_clicked) as seen:
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=QPoint(390, 290))
    assert seen.args == [1, 1]


def test_arrows_and_enter_do_the_same(qtbot: QtBot) -> None:
    matrix = shown(qtbot)
    qtbot.keyClick(matrix, Qt.Key.Key_Right)
    with qtbot.waitSignal(matrix.cell_clicked) as seen:
        qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert seen.args == [0, 1]


def test_a_screen_reader_hears_the_cell(qtbot: QtBot) -> None:
    matrix = shown(qtbot)
    qtbot.keyClick(matrix, Qt.Key.Key_Down)
    assert matrix.accessibleDescription() == "0 × truth dog, prediction cat"


def test_the_edge_holds_the_keyboard(qtbot: QtBot) -> None:
    matrix = shown(qtbot)
    for _ in range(5):
        qtbot.keyClick(matrix, Qt.Key.Key_Left)
        qtbot.keyClick(matrix, Qt.Key.Key_Up)
    assert matrix.cell == (0, 0)

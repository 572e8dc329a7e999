"""The one style sheet, generated from tokens and set once on the application.

Widgets ask for a look by a dynamic property: `role` on labels and frames (`title`, `heading`,
`quiet`, `error`, `warning`, `success`, `panel`, `card`), `look` on buttons (`primary`, `danger`,
`quiet`).
No widget sets a sheet of its own.
"""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from studio.ui.theme.tokens import Tokens, mixed

_SHEET = Template(
    """
QLabel[role="title"] { font-size: 20px; font-weight: 600; }
QLabel[role="heading"] { font-size: 14px; font-weight: 600; }
QLabel[role="quiet"] { color: $quiet; }
QLabel[role="small"] { color: $quiet; font-size: 12px; }
QLabel[role="error"] { color: $error; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="success"] { color: $success; }
QLabel[role="figure"] { font-size: 24px; font-weight: 600; }
QFrame[role="panel"] { background: $surface; border: none; }
QFrame[role="card"] { background: $surface; border: 1px solid $edge; border-radius: 8px; }
QFrame[role="toast"] { background: $surface; border: 1px solid $line; border-radius: 8px; }
QFrame[role="toast"][level="error"] { border-left: 4px solid $error; }
QFrame[role="toast"][level="warning"] { border-left: 4px solid $warning; }
QFrame[role="toast"][level="success"] { border-left: 4px solid $success; }
QFrame[role="toast"][level="info"] { border-left: 4px solid $accent; }
QFrame[role="banner"] { background: $raised; border: none; border-left: 4px solid $accent; }
QFrame[role="rule"] { background: $edge; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="drop"] { background: $surface; border: 2px dashed $accent; border-radius: 12px; }

QCheckBox::indicator, QGroupBox::indicator, QListView::indicator, QTableView::indicator {
  width: 16px; height: 16px; background: $surface; border: 1px solid $line; border-radius: 4px;
}
QCheckBox::indicator:checked, QListView::indicator:checked, QTableView::indicator:checked {
  background: $accent; border-color: $accent; image: url("$tick");
}
QCheckBox::indicator:focus { border: 2px solid $accent; }
QCheckBox:focus { color: $accent; }

QToolTip { background: $surface; color: $ink; border: 1px solid $line; padding: 4px; }
QMenuBar { background: $ground; }
QMenuBar::item { padding: 4px 8px; background: transparent; border-radius: 4px; }
QMenuBar::item:selected { background: $raised; }
QMenu { background: $surface; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $faded; }
QMenu::separator { height: 1px; background: $edge; margin: 4px 8px; }
QMenu::icon { padding-left: 6px; }

QPushButton, QToolButton {
  background: $raised; border: 1px solid $line; border-radius: 6px; padding: 5px 12px;
  min-height: 18px;
}
QToolButton { padding: 5px; }
QToolButton[look="flat"], QPushButton[look="flat"] {
  background: transparent; border: 1px solid transparent;
}
QPushButton[look="link"] {
  background: transparent; border: 1px solid transparent; color: $accent; padding: 4px 6px;
  text-align: left;
}
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton[look="link"]:hover { text-decoration: underline; background: transparent; }
QPushButton:pressed, QToolButton:pressed { background: $selection; }
QPushButton:checked, QToolButton:checked { background: $selection; border-color: $accent; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 4px 11px; }
QToolButton:focus { padding: 4px; }
QPushButton:disabled, QToolButton:disabled {
  color: $faded; background: transparent; border: 1px dashed $line;
}
QToolButton[look="flat"]:disabled { border: 1px solid transparent; }
QPushButton[look="primary"] {
  background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600;
}
QPushButton[look="primary"]:hover { background: $accent_hover; }
QPushButton[look="primary"]:focus { border: 2px solid $ink; }
QPushButton[look="primary"]:disabled {
  background: transparent; color: $faded; border: 1px dashed $line;
}
QPushButton[look="danger"] { color: $error; border-color: $error; background: transparent; }
QPushButton::menu-indicator { subcontrol-position: right center; right: 8px; }

QToolButton[look="page"] {
  background: transparent; border: 1px solid transparent; border-bottom: 3px solid transparent;
  border-radius: 0px; padding: 7px 10px 5px 10px; color: $quiet;
}
QToolButton[look="page"]:hover { background: $raised; color: $ink; }
QToolButton[look="page"]:checked {
  background: $surface; color: $ink; border-bottom: 3px solid $accent; font-weight: 600;
}
QToolButton[look="page"]:focus { border: 2px solid $accent; padding: 6px 9px 6px 9px; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDoubleSpinBox {
  background: $surface; border: 1px solid $line; border-radius: 6px; padding: 4px 8px;
  min-height: 18px; selection-background-color: $selection; selection-color: $ink;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus {
  border: 2px solid $accent; padding: 3px 7px;
}
QLineEdit[wrong="true"] { border: 2px solid $error; padding: 3px 7px; }
QLineEdit:disabled, QComboBox:disabled { color: $faded; background: $ground; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$arrow"); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
  background: $surface; border: 1px solid $line; selection-background-color: $selection;
  selection-color: $ink; outline: none; padding: 2px;
}

QAbstractItemView {
  background: $surface; border: 1px solid $edge; border-radius: 6px;
  selection-background-color: $selection; selection-color: $ink; outline: none;
}
QAbstractItemView:focus { border: 1px solid $accent; }
QAbstractItemView::item { padding: 4px; }
QAbstractItemView[role="plain"] { border: none; }
QAbstractItemView::item:hover { background: $raised; }
QAbstractItemView::item:selected { background: $selection; color: $ink; }
QHeaderView { background: $ground; border: none; }
QHeaderView::section {
  background: $ground; color: $quiet; border: none;
  border-bottom: 1px solid $line; padding: 5px 8px;
}
QTableView { gridline-color: $edge; }

QProgressBar {
  background: $raised; border: 1px solid $line; border-radius: 4px; text-align: center;
  min-height: 8px; max-height: 8px; color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QDockWidget { color: $ink; }
QDockWidget::title { background: $ground; padding: 6px 8px; border-bottom: 1px solid $edge; }
QMainWindow::separator { background: $edge; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QSplitter::handle { background: $edge; }
QSplitter::handle:hover { background: $accent; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QStatusBar { background: $ground; border-top: 1px solid $edge; color: $quiet; }
QStatusBar::item { border: none; }

QTabBar::tab {
  background: transparent; padding: 6px 12px; border: none; border-bottom: 2px solid transparent;
  color: $quiet;
}
SideTabs QTabBar::tab { padding: 6px 4px; }
QTabBar::tab:selected { color: $ink; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $edge; }

QScrollArea { border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QGroupBox { border: 1px solid $edge; border-radius: 6px; margin-top: 16px; padding-top: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 8px; color: $quiet; }
"""
)


def sheet(tokens: Tokens, arrow: str = "", tick: str = "") -> str:
    """Write the style sheet of a theme.

    Parameters
    ----------
    tokens : Tokens
        The twelve colours; everything else is mixed from them.
    arrow : str
        Path of the drop-down arrow, with `/`; empty draws none.
    tick : str
        Path of the tick in check boxes, with `/`.
    """
    contrast = tokens.ground == "#000000"
    return _SHEET.substitute(
        asdict(tokens),
        edge=tokens.line if contrast else mixed(tokens.raised, tokens.line, 0.25),
        hover=mixed(tokens.raised, tokens.accent, 0.15),
        accent_hover=mixed(tokens.accent, tokens.ink, 0.15),
        faded=mixed(tokens.quiet, tokens.ground, 0.25),
        arrow=arrow,
        tick=tick,
    )

"""Start labelImg 1.8.6 so that it also works on Python 3.10 and later.

It hands fractions to calls of Qt that take whole numbers only, which newer Pythons refuse: drawing
a box or turning the wheel then ends it. Here these calls round first. This file is run by the
Python that labelImg is installed for, and uses nothing of the studio.
"""

import sys

from PyQt5 import QtGui, QtWidgets


def rounding(kind, name):
    """Let a method of a Qt class round the fractions it is given."""
    plain = getattr(kind, name)

    def call(self, *given):
        return plain(self, *(round(one) if isinstance(one, float) else one for one in given))

    setattr(kind, name, call)


for kind, names in (
    (QtGui.QPainter, ("drawLine", "drawRect", "drawText", "drawPoint")),
    (QtWidgets.QScrollBar, ("setValue",)),
    (QtWidgets.QSpinBox, ("setValue",)),
    (QtWidgets.QWidget, ("resize", "move")),
    (QtGui.QFont, ("setPointSize",)),
):
    for name in names:
        rounding(kind, name)

if __name__ == "__main__":
    from labelImg import labelImg

    sys.exit(labelImg.main())

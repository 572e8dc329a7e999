"""Quality of labels: second annotators, agreement, consensus, checks, and what looks wrong."""

from studio.services.quality.annotators import CHECKS, LABELS_NAME, Annotators
from studio.services.quality.checks import Checks, CheckScore
from studio.services.quality.consensus import Agreeing, Open, Settled
from studio.services.quality.looking import Looking
from studio.services.quality.quality import Quality

__all__ = [
    "CHECKS",
    "LABELS_NAME",
    "Agreeing",
    "Annotators",
    "CheckScore",
    "Checks",
    "Looking",
    "Open",
    "Quality",
    "Settled",
]

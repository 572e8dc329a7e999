"""Evaluation: how good a model is on one split."""

from studio.api.plugin import Plugin

PLUGIN = Plugin(
    name="evaluation",
    title="Evaluation",
    api="0.1",
    operations=("studio_evaluation.operations:evaluate_model",),
)

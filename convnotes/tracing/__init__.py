"""The exact receptive field of a torch model, by following which input positions every number is computed from."""

from convnotes.tracing.errors import TraceError
from convnotes.tracing.report import Report, Row
from convnotes.tracing.rules import Call, local, register_rule
from convnotes.tracing.run import trace

__all__ = ["Call", "Report", "Row", "TraceError", "local", "register_rule", "trace"]

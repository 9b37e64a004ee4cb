"""The exact receptive field of a torch model, by following which input positions every number is computed from."""

from convnotes.tracing.errors import TraceError
from convnotes.tracing.report import Report
from convnotes.tracing.row import Row
from convnotes.tracing.rules import Call, local, register_rule
from convnotes.tracing.run import trace
from convnotes.tracing.spans import Span
from convnotes.tracing.training import Memory, memory
from convnotes.tracing.verify import Check, Verification, verify

__all__ = [
    "Call",
    "Check",
    "Memory",
    "Report",
    "Row",
    "Span",
    "TraceError",
    "Verification",
    "local",
    "memory",
    "register_rule",
    "trace",
    "verify",
]

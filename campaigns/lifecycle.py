"""From draft to closed. Whether a version may go live is the gate's question, not this table's."""

from __future__ import annotations

from kernel.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    {
        ("draft", "edit"): "draft",
        ("published", "edit"): "published",  # the draft only: phones keep the live version
        ("paused", "edit"): "paused",
        ("stopped", "edit"): "stopped",
        ("draft", "submit"): "draft",
        ("published", "submit"): "published",
        ("paused", "submit"): "paused",
        ("stopped", "submit"): "stopped",
        ("draft", "publish"): "published",
        ("published", "publish"): "published",  # a newer approved version takes over
        ("published", "pause"): "paused",
        ("paused", "publish"): "published",
        ("paused", "resume"): "published",
        ("published", "close"): "closed",
        ("paused", "close"): "closed",
        ("published", "stop"): "stopped",
        ("paused", "stop"): "stopped",
        ("stopped", "lift_stop"): "paused",
        ("stopped", "close"): "closed",
        ("draft", "discard"): "closed",
    }
)

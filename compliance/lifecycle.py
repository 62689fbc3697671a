"""The states of a review and the deeds that move it."""

from kernel.lifecycle import Lifecycle

REVIEW = Lifecycle(
    {
        ("open", "approve"): "approved",
        ("open", "return"): "returned",
        ("open", "reject"): "rejected",
        ("open", "withdraw"): "withdrawn",
        ("approved", "lapse"): "lapsed",
        ("approved", "revoke"): "revoked",
    }
)

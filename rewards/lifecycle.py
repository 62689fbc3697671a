"""What can become of a grant."""

from kernel.lifecycle import Lifecycle

GRANT = Lifecycle(
    {
        ("granted", "book"): "booked",
        ("booked", "cancel"): "granted",
        ("booked", "redeem"): "redeemed",
        ("granted", "expire"): "expired",
        ("booked", "expire"): "expired",
        ("granted", "revoke"): "revoked",
        ("booked", "revoke"): "revoked",
    }
)

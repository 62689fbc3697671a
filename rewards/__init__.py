"""Floor 6: what a customer may earn — services, never money, goods or yield — and how it is redeemed."""

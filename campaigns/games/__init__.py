"""One folder a game. Found by `campaigns.catalogue`; games know `base` and nothing else of the house."""

"""Reading figures: plain facts, never a write."""

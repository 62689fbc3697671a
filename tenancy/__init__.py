"""Floor 3: institutions, their people, what each may do, and the scope everything runs in."""

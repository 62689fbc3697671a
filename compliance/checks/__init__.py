"""One file a check. Each defines CHECK; adding a file adds a check and edits nothing else."""

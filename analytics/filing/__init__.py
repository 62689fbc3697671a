"""What an institution hands to its regulator (备案): one package of a report, and the log of who filed it."""

"""The marks of the project's own words: which files hold words, and how each kind of file is read."""

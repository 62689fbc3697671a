"""Stand-ins for outside systems: the demo's and the tests'. Each is a process of its own, on this machine
only.
"""

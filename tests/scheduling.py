"""Which tests share a process: journeys that need the same running platform stay together and begin first."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

_OWN_HOUSE = "tests/journeys/test_three_games"
_ON_THE_DEMO = "tests/journeys/"


class JourneysTogether(LoadScopeScheduling):
    """One process runs the journeys on the demo, one those on a house of their own; whoever is free takes
    the next of the other tests. The largest group begins first: no process ends the run alone with it.
    """

    def _split_scope(self, nodeid: str) -> str:
        for group in (_OWN_HOUSE, _ON_THE_DEMO):
            if nodeid.startswith(group):
                return group
        return nodeid

"""The only writer of cadres, assignments, proposals and responsibility lists; one function per act."""

"""Arrays in, arrays out: intervals, sorted sets, later solvers and projections.

Knows no noun of the field. This is the place for speed; rooms call it, it calls nobody.
"""

"""Did it rise: two samples by one frozen design, or a daily series with its control, and when nothing can be claimed.

What enters: figures of a period before and one after, by the same plan; or daily counts. What leaves: the ratio with
its interval, the test, the smallest rise that could have been seen, and what change of precision would erase the rise.
"""

"""Audits of reported posts: items, arms and timed checks in; what was acted on, with intervals that hold, out.

What enters: items with their arm and account, reports, and checks. What leaves: shares by time and outcome, differences
between arms, platforms compared or said to be incomparable, and the published audits with the intervals nobody printed.
"""

"""Detectors that look at single posts: `cues`, and what it is made of."""

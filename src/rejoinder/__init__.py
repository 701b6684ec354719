"""Find group-directed hate, answer it, and account for what was done.

The names below are the whole public Python API; each is imported when it is first used, so that
`import rejoinder` costs nothing.
"""

__version__ = "0.1.0"

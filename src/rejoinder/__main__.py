"""`python -m rejoinder` is the command `rejoinder`."""

from rejoinder.doors.cli import main

main()

"""The two kinds of storage: the log of what was done, and the archive of bulk rows; a case holds both.

What enters: events to append, frames of records to write. What leaves: events and frames, checked on the way,
and what is wrong with them where somebody tampered. Built in: a log in SQLite or PostgreSQL, an archive in a
folder or in object storage. A part of the archive exists for readers only once an event of the log names it.
"""

from rejoinder.store.archive import Archive, Part
from rejoinder.store.case import Case
from rejoinder.store.chain import Entry, Head
from rejoinder.store.log import Log
from rejoinder.store.novelty import Novelty
from rejoinder.store.verification import Fault, Verification

__all__ = ["Archive", "Case", "Entry", "Fault", "Head", "Log", "Novelty", "Part", "Verification"]

"""The nouns: one file each, frozen, with their Arrow schema. The only vocabulary that rooms share.

Data and validation only: no thresholds, no files, no arithmetic.
"""

from rejoinder.records.account import Account
from rejoinder.records.appeal import Appeal
from rejoinder.records.base import Record
from rejoinder.records.check import Check
from rejoinder.records.decision import Decision, Fact, InPlace
from rejoinder.records.estimate import Estimate
from rejoinder.records.event import Event
from rejoinder.records.impression import Impression
from rejoinder.records.judgement import Judgement
from rejoinder.records.message import Message
from rejoinder.records.note import Note
from rejoinder.records.post import Post
from rejoinder.records.rating import Rating
from rejoinder.records.reject import Reject
from rejoinder.records.report import Report
from rejoinder.records.signal import Evidence, Signal

INGESTED = (Post, Account, Report, Check, Note, Rating, Judgement, Impression, Appeal)
"""The nouns that may come in from outside."""

NOUNS = (*INGESTED, Signal, Decision, Message, Estimate, Event, Reject)
"""Every noun there is."""

__all__ = [
    "INGESTED", "NOUNS", "Account", "Appeal", "Check", "Decision", "Estimate", "Event", "Evidence", "Fact",
    "Impression", "InPlace", "Judgement", "Message", "Note", "Post", "Rating", "Record", "Reject", "Report", "Signal",
]  # fmt: skip

"""A library of counter-arguments in, drafts of notes out: short, factual, civil, each with its sources.

What enters: a text with the narratives found in it, or the case's decisions, posts and signals. What leaves: answers
with their similarity (`find`), or a frame of `Note` that waits for ratings (`drafts`). All of it is data in `data/`,
works offline, and says when it is due for review (`overdue`). `machine.py` asks a language model instead; nothing
calls it unless a person names an endpoint.
"""

from rejoinder.responses.counterarguments.drafts import drafts
from rejoinder.responses.counterarguments.library import Counterargument, Source, load, overdue
from rejoinder.responses.counterarguments.retrieval import Found, find

__all__ = ["Counterargument", "Found", "Source", "drafts", "find", "load", "overdue"]

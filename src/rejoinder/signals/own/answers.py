"""What an endpoint is asked, and what it answered: untrusted, so taken only in the shape that was asked for."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
from msgspec import Meta

from rejoinder.records.base import Probability  # noqa: TC001 - msgspec reads it
from rejoinder.records.signal import TARGETS
from rejoinder.signals.own.spec import KINDS, meanings
from rejoinder.signals.own.verdict import Verdict, verdict

if TYPE_CHECKING:
    from rejoinder.signals.own.spec import EndpointSpec

ROOM = 300
"""Tokens that an answer may take; ours takes under a hundred."""

Tokens = Annotated[int, Meta(ge=0)]


class Answer(NamedTuple):
    """What came back for one text, and what it took."""

    verdict: Verdict
    tokens_in: int
    tokens_out: int


class _Usage(msgspec.Struct):
    prompt_tokens: Tokens = 0
    completion_tokens: Tokens = 0


class _Result(msgspec.Struct):
    category_scores: dict[str, Probability]


class _Moderation(msgspec.Struct):
    results: Annotated[list[_Result], Meta(min_length=1, max_length=1)]
    usage: _Usage | None = None


class _Message(msgspec.Struct):
    content: str


class _Choice(msgspec.Struct):
    message: _Message


class _Chat(msgspec.Struct):
    choices: Annotated[list[_Choice], Meta(min_length=1)]
    usage: _Usage | None = None


class _Judged(msgspec.Struct):
    """What the prompt asks for."""

    hate: Probability
    kinds: dict[str, Probability] = {}
    targets: list[str] = []


def asked(spec: EndpointSpec, text: str) -> bytes:
    """The body of a call: the text of a post and nothing else that is known of it."""
    if not spec.chat:
        return json.dumps({"model": spec.model, "input": text}).encode()
    messages = [{"role": "system", "content": prompt()}, {"role": "user", "content": json.dumps(text)}]
    same = {"temperature": 0, "seed": 1, "max_tokens": ROOM, "response_format": {"type": "json_object"}}
    return json.dumps({"model": spec.model, "messages": messages, **same}).encode()


def understood(spec: EndpointSpec, body: bytes) -> Answer:
    """The answer in our words; names that are not ours are left out.

    Raises `msgspec.DecodeError` where it is of another shape, or a probability is none.
    """
    if not spec.chat:
        moderation = msgspec.json.decode(body, type=_Moderation)
        shares = moderation.results[0].category_scores
        found, usage = verdict(shares, meanings(spec.means), exclusive=False), moderation.usage
    else:
        chat = msgspec.json.decode(body, type=_Chat)
        found, usage = _judged(chat.choices[0].message.content), chat.usage
    took = usage or _Usage()
    return Answer(found, took.prompt_tokens, took.completion_tokens)


def _judged(content: str) -> Verdict:
    """The object in a chat model's answer, which may stand in a fence or between pleasantries."""
    written = content[content.find("{") : content.rfind("}") + 1]
    said = msgspec.json.decode(written.encode(), type=_Judged)
    kinds = {kind: min(said.kinds[kind], said.hate) for kind in KINDS if kind in said.kinds}
    return Verdict(said.hate, kinds, tuple(sorted(set(said.targets).intersection(TARGETS))))


@cache
def prompt() -> str:
    """What a chat model is told to do."""
    written = (files(__package__) / "prompt.txt").read_text(encoding="utf-8")
    return written.replace("GROUPS", ", ".join(TARGETS))

"""A moderation or chat model behind an OpenAI-compatible endpoint."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from rejoinder.signals.own.answers import Answer, asked, prompt, understood
from rejoinder.signals.own.calls import call, headers
from rejoinder.signals.own.own import Own, kinds_named
from rejoinder.signals.own.spec import KINDS
from rejoinder.signals.own.verdict import worst
from rejoinder.signals.own.windows import windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rejoinder.signals.own.spec import EndpointSpec
    from rejoinder.signals.own.verdict import Verdict

GIVEN_UP = 8
"""Texts in a row without an answer after which the rest of a batch is not asked about: it is down, not hesitant."""

REMEMBERED = 100_000
"""Texts whose verdict is kept, so that the same text gets the same verdict, and is paid for once."""


@dataclass
class Spent:
    """What an endpoint has taken since the last bill."""

    calls: int = 0
    failed: int = 0
    """Texts that got no answer."""
    tokens_in: int = 0
    tokens_out: int = 0


class Endpoint(Own):
    """A model behind an OpenAI-compatible `/v1/moderations` or `/v1/chat/completions`, asked text by text.

    It is off until a case names its folder, since texts of posts leave this machine. A text without an answer is out
    of reach (`no answer`), which is unknown and not innocent. Models behind endpoints change without notice and are
    not quite deterministic; within one process the same text gets the same answer. `spent` counts calls and tokens.
    """

    def __init__(self, spec: EndpointSpec, version: str) -> None:
        """Raises `UsageError` where the environment variable with the key is not set."""
        headers(spec)
        question = hashlib.sha256(prompt().encode()).hexdigest()[:8] if spec.chat else "moderation"
        super().__init__(spec, f"{spec.model}.{version}.{question}", KINDS if spec.chat else kinds_named(spec))
        self._spec = spec
        self._known: dict[str, Verdict] = {}
        self.spent = Spent()

    def verdicts(self, texts: Sequence[str]) -> list[Verdict | None]:
        """What the endpoint says of each text; `None` where it gives no answer that can be understood."""
        new = [text for text in texts if text not in self._known]
        if len(self._known) + len(new) > REMEMBERED:
            self._known.clear()
            new = list(texts)
        self._known |= dict(self._answers(new))
        return [self._known.get(text) for text in texts]

    def bill(self) -> dict[str, Any]:
        """What was spent since the last bill (see `cost`); the count begins again."""
        told = self.cost()
        self.spent = Spent()
        return told

    def cost(self) -> dict[str, Any]:
        """What was spent since the last bill: calls, texts without an answer, tokens, and money by the file's prices.

        >>> from rejoinder.signals.own.spec import EndpointSpec
        >>> local = EndpointSpec(name="mine", url="http://localhost:1/v1/moderations", model="m", per_call=0.5)
        >>> mine = Endpoint(local, "1")
        >>> mine.spent.calls = 3
        >>> mine.cost()["money"], mine.cost()["currency"]
        (1.5, 'USD')
        """
        spec, spent = self._spec, self.spent
        tokens = (spent.tokens_in * spec.per_million_in + spent.tokens_out * spec.per_million_out) / 1e6
        money = {"money": round(spent.calls * spec.per_call + tokens, 6), "currency": spec.currency}
        return {"calls": spent.calls, "failed": spent.failed, "tokens_in": spent.tokens_in,
                "tokens_out": spent.tokens_out, **money}  # fmt: skip

    def _answers(self, texts: Sequence[str]) -> Iterator[tuple[str, Verdict]]:
        """The texts that got an answer, a few asked about at a time."""
        waiting, failed = iter(texts), 0
        with ThreadPoolExecutor(self._spec.at_once) as pool:
            while some := list(islice(waiting, self._spec.at_once)):
                if failed >= GIVEN_UP:
                    self.spent.failed += len(some)
                    continue
                for text, answers in zip(some, pool.map(self._ask, some), strict=True):
                    good = [answer for answer in answers if answer]
                    self._count(answers)
                    if len(good) == len(answers):
                        failed = 0
                        yield text, worst([answer.verdict for answer in good])
                    else:
                        failed += 1

    def _ask(self, text: str) -> list[Answer | None]:
        """An answer for each part of a text; parts that are alike are asked about once."""
        return [self._part(part) for part in dict.fromkeys(windows(text, self._spec.longest))]

    def _part(self, text: str) -> Answer | None:
        body = call(self._spec, asked(self._spec, text))
        if body is None:
            return None
        try:
            return understood(self._spec, body)
        except msgspec.DecodeError:
            return None

    def _count(self, answers: Sequence[Answer | None]) -> None:
        self.spent.calls += len(answers)
        self.spent.failed += None in answers
        self.spent.tokens_in += sum(answer.tokens_in for answer in answers if answer)
        self.spent.tokens_out += sum(answer.tokens_out for answer in answers if answer)

"""The contract of a source: it holds for ours, and a source that breaks it is caught."""

import json
from dataclasses import replace

import polars as pl
import pytest

from rejoinder.checks.source import check_source
from rejoinder.sources.own import OwnJsonl

SAMPLE = "\n".join(
    json.dumps({"id": str(number), "author": "9", "created_at": "2024-01-31T12:00:00Z"}) for number in range(4)
).encode()


class Sound(OwnJsonl):
    """Ours; what is below breaks it in one way each."""


class Nameless(OwnJsonl):
    """Without a name."""

    name = ""


class Blind(OwnJsonl):
    """Does not know its own format."""

    def recognises(self, head):
        """Never."""
        return head is None


class Greedy(OwnJsonl):
    """Takes everything for its own."""

    def recognises(self, head):
        """Always."""
        return head is not None


class Altered(OwnJsonl):
    """Changes each batch in some way."""

    def read(self, stream, name, rows):
        """Batches of the base, altered."""
        for batch in super().read(stream, name, rows):
            yield self.altered(batch)

    def altered(self, batch):
        """The batch in another shape."""
        raise NotImplementedError


class Numbering(Altered):
    """Tells how many rows stood in the batch: that depends on the batch's size."""

    def altered(self, batch):
        """Posts with their batch's size as figure."""
        return replace(batch, frames={"post": batch.frames["post"].with_columns(likes=pl.lit(batch.rows, pl.Int64))})


class Narrow(Altered):
    """Leaves out a column."""

    def altered(self, batch):
        """Posts without their links."""
        return replace(batch, frames={"post": batch.frames["post"].drop("links")})


class Unchecked(Altered):
    """Gives what breaks the declaration."""

    def altered(self, batch):
        """Posts with negative figures."""
        return replace(batch, frames={"post": batch.frames["post"].with_columns(likes=pl.lit(-1, pl.Int64))})


class Silent(Altered):
    """Drops its rejects."""

    def altered(self, batch):
        """Without the bad rows."""
        return replace(batch, frames={noun: frame for noun, frame in batch.frames.items() if noun != "reject"})


class Talkative(Altered):
    """Keeps addresses in its rejects."""

    def altered(self, batch):
        """Rejects with an address."""
        told = {
            noun: frame.with_columns(row=pl.lit("ada@example.org"))
            for noun, frame in batch.frames.items()
            if noun == "reject"
        }
        return replace(batch, frames=batch.frames | told)


class Fragile(OwnJsonl):
    """Stops at the first bad row."""

    def _rows(self, block):
        return range(len(block.texts)), self.decoded(block), []


@pytest.mark.slow
def test_a_sound_source_passes():
    check_source(Sound(), SAMPLE)


@pytest.mark.parametrize(
    ("source", "promise"),
    [
        (object(), "a source has `name`"),
        (Nameless(), "a source has a name"),
        (Blind(), "it recognises its own sample"),
        (Greedy(), "for its own"),
        (Numbering(), "batches of 1 rows give the same as one batch"),
        (Narrow(), "has exactly the columns of its schema"),
        (Unchecked(), "every `post` is checked"),
        (Silent(), "a broken line gives one reject, not 0"),
        (Fragile(), "a bad row never stops the reading"),
        (Talkative(), "a reject holds no e-mail or IP address"),
    ],
)
@pytest.mark.slow
def test_a_source_that_breaks_a_promise_is_told_which(source, promise):
    with pytest.raises(AssertionError) as caught:
        check_source(source, SAMPLE)

    assert promise in str(caught.value)

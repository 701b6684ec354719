"""Each check of `check_detector` can fail, and fails for its own reason."""

import polars as pl
import pytest

from rejoinder.checks.detector import ODD, check_detector, detector_checks, odd_subjects
from rejoinder.records import Signal
from rejoinder.records.frames import conform, schema_of


class Vowels:
    """A detector that finds threats where there are vowels: a stranger's, well-behaved."""

    name, version, subject_type, kinds = "vowels", "1", "post", ("hate", "threat")

    def detect(self, subjects):
        """One headline each, and a threat where the first character is a vowel."""
        text = pl.col("text").fill_null("")
        first = text.str.slice(0, 1).str.contains("[aeiouAEIOU]")
        known = subjects.with_row_index("row").with_columns(found=first, out=text == "")
        span = pl.struct(what=pl.lit("vowel"), start=pl.lit(0), end=pl.lit(1))
        rows = [
            known.filter(keep).select(
                "row", subject="id", order=order, kind=pl.lit(kind), subject_type=pl.lit(self.subject_type),
                detector=pl.lit(self.name), version=pl.lit(self.version),
                probability=pl.when(~pl.col("out")).then(0.25),
                reach=pl.when("out").then(pl.lit("no text")).otherwise(pl.lit("in reach")),
                evidence=pl.when("found").then(pl.concat_list(span)),
            )
            for order, (kind, keep) in enumerate({"hate": pl.lit(value=True), "threat": pl.col("found")}.items())
        ]  # fmt: skip
        return conform(Signal, pl.concat(rows).sort("row", "order"))


def changed(name, change):
    """The class `name`: as `Vowels`, with its signals changed."""
    return type(
        name, (Vowels,), {"__doc__": "Broken.", "detect": lambda self, subjects: change(Vowels.detect(self, subjects))}
    )()


def said(**columns):
    """A detector whose signals say something else."""
    return changed("Said", lambda signals: signals.with_columns(**columns))


class Unnamed(Vowels):
    """Broken: no name."""

    name = ""


class NoHeadline(Vowels):
    """Broken: its first kind has a headline of its own."""

    kinds = ("threat", "hate")


class Foreign(Vowels):
    """Broken: declares a kind of another family."""

    kinds = ("hate", "threat", "coordination")


class Undocumented(Vowels):  # noqa: D101 - that is what is broken
    __doc__ = None


class Counting(Vowels):
    """Broken: what it says depends on the batch."""

    def detect(self, subjects):
        """Divides by the number of subjects."""
        return super().detect(subjects).with_columns(pl.col("probability") / max(1, len(subjects)))


class Remembering(Vowels):
    """Broken: what it says depends on what came before."""

    calls = 0

    def detect(self, subjects):
        """Grows more certain with each call."""
        Remembering.calls += 1
        return super().detect(subjects).with_columns(pl.col("probability") * (1 - 0.5**Remembering.calls))


class Neighbourly(Vowels):
    """Broken: a subject gets something of its neighbour, but only where many are shown."""

    def detect(self, subjects):
        """The last subject gets more in a crowd."""
        signals = super().detect(subjects)
        return signals.with_columns(probability=pl.col("probability") * 0.5) if len(subjects) > 1000 else signals


class Peeking(Vowels):
    """Broken: looks at the first subject."""

    def detect(self, subjects):
        """All get what the first one gets, in batches of any size that begin with it."""
        signals = super().detect(subjects)
        return (
            signals.with_columns(
                probability=pl.when(pl.col("reach") == "in reach").then(
                    len(subjects["id"][0]) / 100 + (subjects["id"] > subjects["id"][0]).any() * 0.1
                )
            )
            if len(signals)
            else signals
        )


class Writing(Vowels):
    """Broken: writes into the frame that it was given."""

    def detect(self, subjects):
        """In place."""
        signals = super().detect(subjects)
        if len(subjects):
            subjects.replace_column(subjects.get_column_index("text"), pl.Series("text", ["gone"] * len(subjects)))
        return signals


class NoEmpty(Vowels):
    """Broken: no columns for no subjects."""

    def detect(self, subjects):
        """Nothing for nothing."""
        return super().detect(subjects) if len(subjects) else pl.DataFrame()


class NoNulls(Vowels):
    """Broken: needs a text."""

    def detect(self, subjects):
        """Fails on missing text."""
        assert not subjects["text"].is_null().any(), "missing text is no text"
        return super().detect(subjects)


class Local(Vowels):
    """Broken: cannot go to another process."""

    def __getstate__(self):
        """Not to be copied."""
        raise TypeError("cannot pickle it")


class Forgetful(Vowels):
    """Broken: its copy is another."""

    share = 0.5

    def __init__(self):
        self.share = 1.0

    def __getstate__(self):
        """Forgets its share."""
        return {"share": 0.5}

    def detect(self, subjects):
        """By its share."""
        return super().detect(subjects).with_columns(pl.col("probability") * self.share)


def doubled(signals):
    """Each headline twice."""
    return pl.concat([signals, signals.head(1)])


def moved(**ends):
    """Evidence that points elsewhere."""
    element = pl.element().struct
    return changed(
        "Moved", lambda signals: signals.with_columns(pl.col("evidence").list.eval(element.with_fields(**ends)))
    )


BROKEN = {
    "a name": Unnamed(),
    "is no headline": NoHeadline(),
    "one of its own": Foreign(),
    "a docstring": Undocumented(),
    "the columns of `Signal`": changed("Fewer", lambda signals: signals.drop("stance")),
    "keeps to its declaration": said(probability=pl.lit(1.5)),
    "one headline for each": changed("Doubled", doubled),
    "in their order": changed("Backwards", lambda signals: signals.reverse()),
    "right after its headline": changed("Sorted", lambda signals: signals.sort("kind", maintain_order=True)),
    "`version` is": said(version=pl.lit("2")),
    "do not declare": said(kind=pl.col("kind").replace("threat", "slur")),
    "none out of reach": said(probability=pl.col("probability").fill_null(0.0)),
    "NaN": said(probability=pl.when(pl.col("reach") == "in reach").then(float("nan"))),
    "batches of 1": Counting(),
    "again": Remembering(),
    "in a crowd": Neighbourly(),
    "change its input": Writing(),
    "no subjects, no signals|columns of `Signal`, too": NoEmpty(),
    "by pickle": Local(),
    "pickled copy": Forgetful(),
    "within the text": moved(end=pl.lit(10**6, pl.Int64)),
    "both ends or none": moved(end=pl.lit(None, pl.Int64)),
    "not empty": moved(end=pl.lit(0, pl.Int64)),
    "missing text": NoNulls(),
}


def test_a_well_behaved_detector_passes():
    """A stranger's detector, with no word about cues."""
    check_detector(Vowels())


@pytest.mark.parametrize(("promise", "detector"), BROKEN.items(), ids=BROKEN)
def test_a_broken_promise_is_named(promise, detector):
    """Each check can fail."""
    with pytest.raises(AssertionError, match=promise):
        check_detector(detector)


def test_order_matters_to_a_detector_that_looks_at_its_neighbours():
    """It passes in batches of one size, and is caught when the subjects are turned round."""
    with pytest.raises(AssertionError, match=r"batch|order"):
        check_detector(Peeking())


def test_checks_have_names_of_their_own():
    """So that one can be run, and named, by itself."""
    names = [check.__name__ for check in detector_checks(Vowels())]
    assert len(set(names)) == len(names) == 12
    assert all(name.startswith("check_") for name in names)


class Quiet:
    """A detector of accounts that knows nothing."""

    name, version, subject_type, kinds = "quiet", "1", "account", ("coordination",)

    def detect(self, subjects):
        """Out of reach, all of them."""
        rows = subjects.select(
            subject="id", subject_type=pl.lit("account"), detector=pl.lit("quiet"), version=pl.lit("1"),
            kind=pl.lit("coordination"), reach=pl.lit("too short"),
        )  # fmt: skip
        return conform(Signal, rows)


def test_a_detector_of_accounts_is_shown_accounts():
    """And is held to the same promises."""
    assert odd_subjects(Quiet())["handle"].to_list() == list(ODD)
    check_detector(Quiet())


def test_the_frame_of_signals_is_the_records_own():
    """The toy gives what the contract asks for."""
    assert Vowels().detect(odd_subjects(Vowels())).schema == schema_of(Signal)

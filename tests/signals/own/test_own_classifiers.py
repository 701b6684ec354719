"""Classifiers of one's own: they keep the contract, read all of a text, and mean what the mapping says."""

import sys
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.checks import check_detector
from rejoinder.errors import DataError, MissingExtra, NotFound
from rejoinder.records import Post
from rejoinder.records.frames import conform
from rejoinder.signals.own import load
from rejoinder.signals.own.onnx import sigmoid, softmax
from rejoinder.signals.own.verdict import verdict
from rejoinder.signals.own.windows import windows
from rejoinder.signals.post.calibration import Calibration

LONG = "good " * 40
VOCABULARY = 'vocabulary = "vocabulary.txt"\n'


def judged(detector, *texts, lang=None):
    """The signals of some texts."""
    rows = {"id": [str(n) for n in range(len(texts))], "text": texts, "lang": [lang] * len(texts)}
    return detector.detect(conform(Post, pl.DataFrame(rows)))


def headlines(detector, *texts, lang=None):
    """Probabilities of hate."""
    return judged(detector, *texts, lang=lang).filter(kind="hate")["probability"].to_list()


@pytest.mark.slow
def test_an_onnx_model_keeps_the_contract_of_detectors(folder):
    """With a vocabulary and all odd texts."""
    check_detector(load(folder()))


def test_labels_mean_what_the_mapping_says(folder):
    """Hate, a kind and a group; a label without a meaning means nothing."""
    signals = judged(load(folder()), "burn the jews", "vermin", "good")

    assert ["hate", "threat", "hate", "hate"] == signals["kind"].to_list()
    assert [["jews"], ["jews"], [], []] == signals["targets"].to_list()
    assert np.allclose(1 / (1 + np.exp([-3, -3, -3, 4])), signals["probability"].to_numpy())


def test_softmax_adds_up_labels_that_exclude_each_other(folder, toml):
    """The shares of all labels that mean hate, against the formula."""
    made = folder(toml.replace("sigmoid", "softmax") + VOCABULARY)
    powers = np.exp(np.array([1, 3, -4, -1]) - 3)

    assert [pytest.approx(powers[:2].sum() / powers.sum())] == headlines(load(made), "burn")


@pytest.mark.parametrize("text", [LONG + "vermin", "vermin " + LONG, LONG + "vermin " + LONG])
def test_nothing_of_a_long_text_goes_unread(folder, text):
    """A text of three windows is as bad as its worst."""
    assert headlines(load(folder()), "vermin") == headlines(load(folder()), text)


def test_a_vocabulary_reads_through_evasion_and_a_tokenizer_reads_as_is(folder, toml, words):
    """Word pieces get normalised text; `tokenizer.json` gets what its model was trained on."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    made = folder(toml + 'tokenizer = "tokenizer.json"\n', name="whole")
    library = Tokenizer(WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    library.pre_tokenizer = Whitespace()
    library.save(str(made / "tokenizer.json"))

    hidden, plain = headlines(load(folder()), "V3RMIN", "vermin")
    assert hidden == plain
    assert headlines(load(made), "V3RMIN") < headlines(load(made), "vermin") == [plain]
    assert headlines(load(made), LONG + "vermin") == [plain]


@pytest.mark.parametrize(
    ("text", "lang", "reach"),
    [
        ("", "en", "no text"), ("@user https://example.org !", None, "no text"), ("gut", "de", "language"),
        ("good", "en-GB", "in reach"), ("good", "und", "in reach"), ("good", None, "in reach"),
    ],
)  # fmt: skip
def test_it_says_what_is_out_of_reach(folder, toml, text, lang, reach):
    """No words, or a language that it does not know; a post without a tag is judged."""
    detector = load(folder(toml + VOCABULARY + 'languages = ["en"]\n'))

    assert [reach] == judged(detector, text, lang=lang)["reach"].to_list()


def test_calibration_changes_probabilities_as_its_line_says(folder, toml):
    """Logit times slope plus offset; kinds keep their share; the version tells."""
    plain = load(folder())
    moved = load(folder(toml + VOCABULARY + "calibration = { slope = 0.5, offset = -1.0 }\n", name="moved"))

    expected = Calibration(0.5, -1.0).probability(np.array([3.0, -4.0]))
    assert np.allclose(expected, headlines(moved, "vermin", "nothing"))
    assert plain.version != moved.version


def test_the_version_changes_with_any_file_but_reports(folder):
    """Model, mapping, vocabulary: any output may change; what is written about a detector changes none."""
    made = folder()
    before = load(made).version
    (made / "checked.json").write_text("{}")
    (made / ".hidden").write_text("x")
    assert before == load(made).version

    (made / "notes.txt").write_text("x")
    assert before != load(made).version


@pytest.mark.parametrize(
    ("old", "new", "what", "remedy"),
    [
        ("longest", "longst", "unknown field `longst`", "did you mean `longest`?"),
        ('"onnx"', '"onx"', "onx", "did you mean `onnx`?"),
        ('"hate",', '"hat",', "no `hat`", "did you mean `hate`?"),
        ("toxic = ", "toxi = ", "no label `toxi`", "did you mean `toxic`?"),
        ('means = { toxic = "hate", menace = ["hate", "threat"], jewish = "jews" }', 'means = { jewish = "jews" }',
         "no label means hate", "say which"),
        ('name = "tiny"', 'name = "Tiny"', "name", "see docs"),
        ('vocabulary = "vocabulary.txt"', "", "a `tokenizer` or a `vocabulary`", "name one"),
        ('vocabulary = "vocabulary.txt"', 'vocabulary = "../vocabulary.txt"', "vocabulary", "see docs"),
        ('vocabulary = "vocabulary.txt"', 'vocabulary = "/etc/passwd"', "vocabulary", "see docs"),
        ('type = "onnx"', "type = ", "no TOML", "mend that line"),
    ],
)  # fmt: skip
def test_a_detector_toml_that_does_not_hold_is_refused_with_its_remedy(folder, old, new, what, remedy):
    """Unknown fields and names with the nearest one; files outside the folder not at all."""
    made = folder()
    written = made / "detector.toml"
    written.write_text(written.read_text().replace(old, new))

    with pytest.raises(DataError) as error:
        load(made)

    assert what in error.value.what
    assert remedy in error.value.remedy


def test_a_file_that_is_not_there_is_named(folder, toml):
    """The folder without its model, and without a `detector.toml`."""
    with pytest.raises(NotFound, match=r"other\.onnx"):
        load(folder(toml + VOCABULARY + 'model = "other.onnx"\n'))
    with pytest.raises(NotFound, match=r"detector\.toml"):
        load(folder().parent)


def test_a_model_with_other_outputs_or_no_model_at_all_is_told(folder, toml):
    """Labels must name every output; a broken file is no model."""
    few = toml.replace(', "fine"]', "]")
    with pytest.raises(DataError, match="4 outputs"):
        headlines(load(folder(few + VOCABULARY, name="few")), "good")
    broken = folder(name="broken")
    (broken / "model.onnx").write_bytes(b"no model")
    with pytest.raises(DataError, match="cannot be run"):
        headlines(load(broken), "good")


def test_a_missing_library_names_its_extra(folder, toml, monkeypatch):
    """As pip wants it."""
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    made = folder(toml + 'tokenizer = "tokenizer.json"\n', name="whole")
    (made / "tokenizer.json").write_text("{}")
    with pytest.raises(MissingExtra) as error:
        headlines(load(made), "good")
    assert "rejoinder[tokenizers]" in error.value.remedy

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra) as error:
        headlines(load(folder(TRANSFORMERS, name="other")), "good")
    assert "rejoinder[transformers]" in error.value.remedy


TRANSFORMERS = """
type = "transformers"
name = "theirs"
activation = "softmax"
longest = 16
means = { hateful = "hate" }
"""


class Tensor:
    """As much of a tensor as is used."""

    def __init__(self, rows):
        self.rows = rows

    def __getitem__(self, place):
        return Tensor(self.rows[place])

    def tolist(self):
        """As plain numbers."""
        return self.rows


class Library:
    """What stands for `transformers`: it reads from its folder only, and finds hate in the number 7."""

    is_fast = True
    asked: dict[str, dict] = {}  # noqa: RUF012 - written once in a test

    config = SimpleNamespace(id2label={0: "fine", 1: "hateful"})

    @classmethod
    def from_pretrained(cls, folder, **told):
        """The stand-in, which notes what it is told."""
        cls.asked[folder] = told
        return cls()

    def eval(self):
        """Itself."""
        return self

    def __call__(self, text=None, *, input_ids=None, max_length=0, **_):
        """Pieces of a text, or logits of pieces."""
        if input_ids is not None:
            return SimpleNamespace(logits=Tensor([[0.0, 2.0 if 7 in input_ids.rows[0] else -2.0]]))
        numbers = [7 if word == "vermin" else 1 for word in text.split()] or [1]
        return {"input_ids": windows(numbers, max_length)}


@pytest.fixture
def library(monkeypatch):
    """The stand-in, in place of torch and transformers."""
    torch, theirs = ModuleType("torch"), ModuleType("transformers")
    torch.tensor, torch.ones_like, torch.set_num_threads = Tensor, lambda tensor: tensor, lambda _: None
    torch.inference_mode = nullcontext
    theirs.AutoTokenizer = theirs.AutoModelForSequenceClassification = Library
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "transformers", theirs)
    return Library


@pytest.mark.slow
def test_a_transformers_folder_keeps_the_contract_and_stays_offline(folder, library):
    """Only local files, and no code of the folder's; the worst window counts."""
    made = folder(TRANSFORMERS, name="theirs")
    detector = load(made)
    check_detector(detector)

    assert {"local_files_only": True, "trust_remote_code": False} == library.asked[str(made)]
    assert np.allclose(1 / (1 + np.exp([-2, 2])), headlines(detector, LONG + "vermin", "good"))


def test_labels_of_a_transformers_model_are_those_of_its_config(folder, library):
    """A meaning for another label is a mistake."""
    assert library.is_fast
    with pytest.raises(DataError, match="no label `hate`"):
        headlines(load(folder(TRANSFORMERS.replace("hateful =", "hate ="), name="wrong")), "good")


@given(
    st.dictionaries(st.sampled_from("abcd"), st.floats(0, 1), min_size=1), st.booleans(),
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from([("hate",), ("threat",), ("slur", "jews"), ("roma",)])),
)  # fmt: skip
def test_a_verdict_is_a_probability_and_no_kind_is_likelier_than_hate(shares, exclusive, means):
    """Whatever the model says and the mapping means."""
    said = verdict(shares, means, exclusive=exclusive)

    assert 0 <= said.probability <= 1
    assert all(0 <= share <= said.probability for share in said.kinds.values())
    assert {"jews", "roma"}.issuperset(said.targets)


@given(st.lists(st.integers(0, 9), max_size=200), st.integers(4, 40))
def test_windows_hold_every_piece_and_are_never_longer(pieces, longest):
    """Each window begins within the one before."""
    parts = windows(pieces, longest)
    step = longest - longest // 4
    joined = [*(piece for part in parts[:-1] for piece in part[:step]), *parts[-1]]

    assert pieces == joined
    assert all(len(part) <= longest for part in parts)


def test_activations_are_the_usual_ones():
    """Against their formulas, and finite at the ends."""
    logits = np.array([-2.0, 0.5, 3.0])

    assert np.allclose(np.exp(logits) / np.exp(logits).sum(), softmax(logits))
    assert np.allclose(1 / (1 + np.exp(-logits)), sigmoid(logits))
    assert [0.0, 1.0] == [*sigmoid(np.array([-1e4, 1e4]))]
    assert [1.0, 0.0] == [*softmax(np.array([1e4, -1e4]))]

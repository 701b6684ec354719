"""The published suites hold what their README says, and nothing that would make them worthless as exams."""

import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks" / "detection" / "suites"
HELD_OUT = {
    "great-replacement", "dual-loyalty", "globalists", "blood-libel", "holocaust-denial", "khazar", "deicide",
    "soros", "islamisation", "groomers", "roma-theft", "migrant-burden", "black-crime", "disabled-burden",
}  # fmt: skip
TARGETS = {
    "jews", "muslims", "christians", "black-people", "asian-people", "hispanic-people", "indigenous-people", "arabs",
    "palestinians", "israelis", "roma", "migrants", "women", "lgbt-people", "trans-people", "disabled-people",
}  # fmt: skip
KINDS = {"derogation", "dehumanisation", "threat", "slur", "conspiracy", "denial", "exclusion"}
STANCES = {"attacks", "counters", "reports", "reclaims"}


def _loader():
    spec = importlib.util.spec_from_file_location("suites_load", FOLDER / "load.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


load = _loader()
NARRATIVES, FUNCTIONS, ROWS = load.narratives(), load.functions(), load.rows()
PAIRS = list(zip(NARRATIVES[::2], NARRATIVES[1::2], strict=True))


def words(text):
    return re.findall(r"[^\W_]+", text.lower())


def sequences(text, length):
    found = [word for word in words(text) if len(word) > 1]  # not the letters of a spaced word
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def test_each_held_out_narrative_has_at_least_45_pairs_with_both_sides():
    """The fourteen narratives, no other, 45 pairs or more of each."""
    assert {row.group for row in NARRATIVES} == HELD_OUT
    sides = Counter((row.group, row.label) for row in NARRATIVES)
    assert min(sides.values()) >= 45
    assert all(sides[name, 0] == sides[name, 1] for name in HELD_OUT)


def test_each_functionality_has_at_least_30_cases_of_one_side():
    """32 functionalities or more, 1,100 cases or more, both sides within a tenth of each other."""
    cases = Counter(row.group for row in FUNCTIONS)
    assert len(cases) >= 32
    assert min(cases.values()) >= 30
    assert cases.total() >= 1100
    assert len({(row.group, row.label) for row in FUNCTIONS}) == len(cases)
    assert sum(row.label for row in FUNCTIONS) == pytest.approx(len(FUNCTIONS) / 2, rel=0.1)


def test_the_readme_states_the_counts():
    """A reader can trust the table."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for rows, groups in ((NARRATIVES, "14 narratives"), (FUNCTIONS, "38 functionalities")):
        hateful = sum(row.label for row in rows)
        assert f"| {groups} | {hateful} | {len(rows) - hateful} |" in readme
    jews, *others = (count for _, count in _targets_of(FUNCTIONS).most_common())
    assert f"Jews most ({jews} cases), every other group by {min(others)} to {max(others)}" in readme
    coded = sum(row.coded for row in NARRATIVES)
    assert f"{coded} of the {len(PAIRS)} hateful posts are *coded*" in readme


def test_partners_stand_together():
    """A pair is one hateful and one innocent post with everything but the side in common."""
    for hateful, innocent in PAIRS:
        assert (hateful.label, innocent.label) == (1, 0)
        assert hateful.pair == innocent.pair
        assert (hateful.group, hateful.template, hateful.target) == (innocent.group, innocent.template, innocent.target)
        assert hateful.id == f"{hateful.pair}/hateful"
        assert innocent.id == f"{innocent.pair}/innocent"


def test_partners_share_a_word_that_matters():
    """Else the pair would test the topic and not the difference."""
    common = _common_words()
    alone = [h.id for h, i in PAIRS if not (_stems(h.text) & _stems(i.text)) - common]
    assert alone == []


def test_each_narrative_is_told_in_many_ways():
    """At least 30 templates a narrative, and named as well as coded hateful posts."""
    templates, coded = defaultdict(set), defaultdict(set)
    for row in NARRATIVES:
        templates[row.group].add(row.template)
        coded[row.group].add(row.coded)
    assert min(map(len, templates.values())) >= 30
    assert all(kinds == {True, False} for kinds in coded.values())


def test_no_post_stands_twice():
    """Neither as written nor after case and punctuation are dropped."""
    assert len({row.id for row in ROWS}) == len(ROWS)
    same = [text for text, count in Counter(tuple(words(row.text)) for row in ROWS).items() if count > 1]
    assert same == []


def test_nothing_is_left_unfilled():
    """No slot, no mark of a disguise, no stray space or doubled stop."""
    wrong = re.compile(r"[{}\[\]]|  |^\s|\s$|\s[,.;!?](\s|$)|[.?!][.,;]( |$)")
    assert [row.id for row in ROWS if wrong.search(row.text)] == []


def test_posts_are_as_long_as_posts_are():
    """Two to sixty words; the lengths vary on both sides."""
    for label in (0, 1):
        lengths = [len(row.text.split()) for row in ROWS if row.label == label]
        assert 2 <= min(lengths) <= 6
        assert 30 <= max(lengths) <= 60


def test_length_does_not_give_the_side_away():
    """The mean lengths of the two sides of each suite differ by less than a quarter."""
    for rows in (NARRATIVES, FUNCTIONS):
        hateful, innocent = (_mean(len(row.text.split()) for row in rows if row.label == label) for label in (1, 0))
        assert hateful == pytest.approx(innocent, rel=0.25)


def test_each_target_is_covered_on_both_sides():
    """Sixteen groups, Jews most, the others within a factor of two."""
    for label in (0, 1):
        counts = _targets_of(row for row in FUNCTIONS if row.label == label)
        assert set(counts) == TARGETS
        (first, _), *others = counts.most_common()
        assert first == "jews"
        assert max(count for _, count in others) <= 2 * min(count for _, count in others)


def test_what_is_expected_is_in_the_words_of_the_field():
    """Targets, kinds and stances are known ones, and only hateful posts have a kind or attack."""
    assert {row.target for row in ROWS} <= TARGETS | {None}
    assert {row.kind for row in ROWS} <= KINDS | {None}
    assert {row.stance for row in ROWS} == STANCES | {None}
    assert all(row.target and row.stance == "attacks" for row in ROWS if row.label)
    assert all(row.kind is None and row.stance != "attacks" for row in ROWS if not row.label)


def test_no_template_serves_both_sides():
    """Eight words in a row stand on both sides only within a pair, where the contrast is meant."""
    hateful, innocent = _owners(1), _owners(0)
    assert [" ".join(run) for run in hateful.keys() & innocent.keys() if hateful[run] != innocent[run]] == []


def test_ids_do_not_depend_on_what_comes_after():
    """An id is suite, group, number and side or position, and says nothing else."""
    assert all(re.fullmatch(r"narratives/[a-z-]+/\d\d/(hateful|innocent)", row.id) for row in NARRATIVES)
    assert all(re.fullmatch(r"functions/[a-z-]+/\d\d/[1-9]", row.id) for row in FUNCTIONS)
    known = {row.id: row.text for row in ROWS}
    assert known["narratives/holocaust-denial/11/hateful"].startswith("No Zyklon, no gas")
    assert known["functions/object-abuse/01/3"] == "I hate beige carpet with a burning passion."


def test_another_process_gives_the_same_bytes():
    """The expansion hangs on nothing but the files."""
    written = [
        subprocess.run(
            [sys.executable, FOLDER / "load.py"], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        for seed in ("1", "2")
    ]
    assert written[0].stdout == written[1].stdout
    assert [json.loads(line) for line in written[0].stdout.splitlines()] == [row._asdict() for row in ROWS]


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("leet", "gr34t n31ghb0urs"),
        ("spaced", "g r e a t n e i g h b o u r s"),
        ("swapped", "gerat neigbhours"),
        ("dropped", "grat nighbours"),
        ("homoglyph", "grеаt nеіghbоurѕ"),
        (
            "zero-width",
            "g\u200br\u200be\u200ba\u200bt n\u200be\u200bi\u200bg\u200bh\u200bb\u200bo\u200bu\u200br\u200bs",
        ),
        ("hashtag", "#GreatNeighbours"),
    ],
)
def test_a_disguise_changes_what_is_marked_and_nothing_else(spelling, expected):
    """The words around it stay readable."""
    assert f"my {expected}, thanks" == load._disguised("my [[great neighbours]], thanks", spelling)


def test_each_disguise_is_used_on_both_sides():
    """Else a disguise would give the side away."""
    file = load._read("functions.toml")["functions"].values()
    used = {(f["side"], t["spelling"]) for f in file for t in f["templates"].values() if "spelling" in t}
    assert used == {(side, name) for side in ("hateful", "innocent") for name in load._SPELLINGS}


def test_nearly_every_disguised_post_is_changed():
    """A post whose marked words hold nothing to change is rare, and none keeps all of them."""
    file = load._read("functions.toml")
    for function in file["functions"].values():
        for template in function["templates"].values():
            if "spelling" in template:
                plain = template | {"spelling": None}
                shown = [text for _, text, _ in load._filled(template, file["groups"])]
                assert all(
                    text != re.sub(r"\[\[|\]\]", "", undone)
                    for text, (_, undone, _) in zip(shown, load._filled(plain, file["groups"]), strict=True)
                )


def _owners(label):
    owners = defaultdict(set)
    for row in ROWS:
        if row.label == label:
            for run in sequences(row.text, 8):
                owners[run].add(row.pair or row.template)
    return owners


def _targets_of(rows):
    return Counter(row.target for row in rows if row.target)


def _stems(text):
    return {word[:5] for word in words(text) if len(word) > 2}


def _common_words():
    """Stems in more than one narrative post in thirty matter to none in particular."""
    counts = Counter(stem for row in NARRATIVES for stem in _stems(row.text))
    groups = {
        "globa",
        "jew",
        "jews",
        "jewis",
        "musli",
        "roma",
        "migra",
        "black",
        "disab",
        "soros",
        "khaza",
        "gypsi",
        "gays",
        "immig",
    }
    return {stem for stem, count in counts.items() if count > len(NARRATIVES) / 30} - groups


def _mean(values):
    values = list(values)
    return sum(values) / len(values)

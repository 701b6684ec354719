"""Reading policy.toml: everything wrong with it at once, each message kept as a text file."""

from hashlib import sha256

import pytest
from small_policies import policy_of

from rejoinder.errors import NotFound, PolicyError
from rejoinder.policy import default_policy, default_text, load_policy, parse_policy
from rejoinder.policy.document import LARGEST

HEAD = 'version = "1"\ntitle = "House rules"\nlanguage = "en"\n'

CLAUSE = '[[clause]]\nid = "H1"\ntitle = "Threats"\ntext = "Threats are removed."\nwhen = "threat >= 0.9"\n'

WRONG = {
    "account-days-without-suspension": HEAD + CLAUSE + 'account = "warn"\naccount_days = 7\n',
    "array-for-a-place": HEAD + CLAUSE + '[[clause.in.DE]]\naccess = "remove"\n',
    "table-for-clauses": HEAD + CLAUSE.replace("[[clause]]", "[clause]"),
    "appeal": HEAD + CLAUSE + 'appeal = "30 days"\n',
    "axis-in-a-place": HEAD + CLAUSE + '[clause.in.DE]\nacces = "remove"\n',
    "boolean": HEAD + CLAUSE + "review = 1\n",
    "choice": HEAD + CLAUSE + 'account = "suspnd"\n',
    "choice-of-no-kind": HEAD + CLAUSE + "stance = 3\n",
    "days-in-a-place": HEAD + CLAUSE + '[clause.in.DE]\naccount = "suspend"\naccount_days = 7\n',
    "duplicate-id": HEAD + CLAUSE + CLAUSE,
    "empty": "",
    "empty-text": HEAD + CLAUSE.replace("Threats are removed.", ""),
    "example-fact": HEAD + CLAUSE + "[[clause.example]]\nfacts = { thret = 0.9 }\nmatches = true\n",
    "example-list": HEAD + CLAUSE + '[[clause.example]]\nfacts = { targets = "jews" }\nmatches = true\n',
    "example-list-word": HEAD + CLAUSE + '[[clause.example]]\nfacts = { targets = ["jew"] }\nmatches = true\n',
    "example-matches": HEAD + CLAUSE + '[[clause.example]]\nfacts = { threat = 0.9 }\nmatches = "unkown"\n',
    "example-value": HEAD + CLAUSE + "[[clause.example]]\nfacts = { threat = 95 }\nmatches = true\n",
    "id": HEAD + CLAUSE.replace("H1", "threats"),
    "key": HEAD + CLAUSE + 'acess = "limit"\n',
    "language": HEAD.replace("en", "EN") + CLAUSE,
    "ladder": HEAD + CLAUSE + 'ladder = [{ account = "warn" }, { acount = "ban" }]\n',
    "ladder-of-words": HEAD + CLAUSE + 'ladder = ["warn", "ban"]\n',
    "missing": HEAD + '[[clause]]\nid = "H1"\n',
    "name-of-many-parts": HEAD + CLAUSE + "a." * 20 + "b = 1\n",
    "nested": HEAD + "a = " + "[" * 5_000,
    "no-clause": HEAD + "clause = []\n",
    "not-tables": HEAD + "clause = 3\n",
    "number-of-thousands-of-digits": HEAD + CLAUSE + "strikes = " + "9" * 5_000 + "\n",
    "place": HEAD + CLAUSE + '[clause.in.UK]\naccess = "remove"\n[clause.in.Germany]\naccess = "remove"\n',
    "strikes-never-expire": HEAD + CLAUSE + "strikes = 1\n",
    "strikes-none": HEAD + CLAUSE + 'strikes_expire = "90d"\n',
    "strikes-negative": HEAD + CLAUSE + 'strikes = -1\nstrikes_expire = "90d"\n',
    "syntax": HEAD + CLAUSE + "access = remove\n",
    "syntax-at-the-end": HEAD + CLAUSE + 'because = """',
    "too-many-clauses": HEAD + "".join(CLAUSE.replace("H1", f"H{n}") for n in range(201)),
    "twice": HEAD + CLAUSE + 'access = "limit"\naccess = "remove"\n',
    "version-as-a-number": HEAD.replace('"1"', "1") + CLAUSE,
    "when-in-lines": HEAD + CLAUSE.replace('"threat >= 0.9"', '"""\n  threat >= 0.9\n  AND attitud = \'attacks\'"""'),
    "when-with-escapes": HEAD + CLAUSE.replace('"threat >= 0.9"', r'"\u0074hreat >= 0.9 AND\tthret >= 0.9"'),
    "with-tabs-and-directions": HEAD
    + CLAUSE
    + '[[clause.example]]\n\tfacts = { narratives = ["\u4e2d\u6587\u202e"],\tthret = 0.9 }\nmatches = true\n',
    "everything": HEAD.replace("title", "titel")
    + CLAUSE.replace("threat", "thret")
    + 'acess = "limit"\naccount = "ban"\naccount_days = 3\nstrikes = 1\n'
    + CLAUSE.replace("text", "txt"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_a_caret(name, golden):
    """Each message is kept as a text file."""
    with pytest.raises(PolicyError) as error:
        parse_policy(WRONG[name])
    golden(f"document/{name}", str(error.value))


def test_of_very_many_problems_the_first_are_told():
    """And how many more there are."""
    with pytest.raises(PolicyError) as error:
        parse_policy("".join(f"key{n} = 1\n" for n in range(60)) + HEAD + CLAUSE)
    assert error.value.what.startswith("policy.toml does not hold together: 60 problems")
    assert error.value.what.endswith("and 10 more")
    assert len(error.value.problems) == 60


def test_a_file_too_large_is_not_read():
    """Before anything else is done with it."""
    with pytest.raises(PolicyError, match="at most 262,144"):
        parse_policy("#" * (LARGEST + 1))


def test_a_hostile_name_costs_no_time():
    """`tomllib` alone would need hours and all the memory there is."""
    for name in ("a." * 100_000 + "a = 1", '"!" . ' * 40_000 + "a = 1", "[" + "a." * 100_000 + "a]"):
        with pytest.raises(PolicyError, match="too many parts"):
            parse_policy(name)
    parse_policy(HEAD + CLAUSE + 'because = "' + "a" * 200_000 + '"')


def test_line_ends_of_windows_make_no_difference_but_to_the_hash():
    """The hash is that of the file as it is."""
    text = HEAD + CLAUSE + 'because = """\na\nb"""\n'
    windows = parse_policy(text.replace("\n", "\r\n"))
    assert windows.clauses == parse_policy(text).clauses
    assert windows.hash == sha256(text.replace("\n", "\r\n").encode()).hexdigest()


def test_a_file_is_read_as_its_text_is(tmp_path):
    """`load_policy` and `parse_policy` agree."""
    path = tmp_path / "policy.toml"
    path.write_bytes((HEAD + CLAUSE).encode())
    assert load_policy(path).hash == parse_policy(HEAD + CLAUSE).hash


def test_no_file_and_no_text_are_told_apart(tmp_path):
    """A missing file is the caller's fault, an unreadable one the file's."""
    with pytest.raises(NotFound, match="there is no policy"):
        load_policy(tmp_path / "policy.toml")
    (tmp_path / "latin.toml").write_bytes("title = 'Köln'".encode("latin-1"))
    with pytest.raises(PolicyError, match="not UTF-8 text: byte 10"):
        load_policy(tmp_path / "latin.toml")


def test_the_default_text_is_the_default_policy():
    """What `init` writes is what is shipped."""
    assert parse_policy(default_text()).hash == default_policy().hash


def test_everything_a_clause_says_is_kept():
    """Nothing of a clause is read and dropped."""
    (clause,) = policy_of(
        {
            "because": "b",
            "stance": "note",
            "access": "limit",
            "ads": "exclude",
            "account": "suspend",
            "account_days": 7,
            "review": True,
            "strikes": 2,
            "strikes_expire": "90d",
            "appeal": "30d",
            "ladder": [{"account": "ban"}],
            "places": {"DE": {"access": "remove", "law": "§ 1"}},
        }
    ).clauses
    assert (clause.because, clause.stance, clause.access, clause.ads) == ("b", "note", "limit", "exclude")
    assert (clause.account, clause.account_days, clause.review) == ("suspend", 7, True)
    assert (clause.strikes, clause.strikes_days, clause.appeal_days) == (2, 90, 30)
    assert clause.ladder[0].account == "ban"
    assert (clause.places["DE"].access, clause.places["DE"].law) == ("remove", "§ 1")

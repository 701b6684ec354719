"""What is kept of bad rows, and how they are told."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.records import Reject
from rejoinder.records.frames import schema_of
from rejoinder.sources.rejects import KEPT, Bad, BadRow, in_words, redacted, reject_frame


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("write to ada.b+c@sub.example.co.uk now", "write to [e-mail] now"),
        (r'{"mail": "ada\u0040example.org"}', '{"mail": "[e-mail]"}'),
        (r'{"mail": "\u0061da@example\u002eorg"}', '{"mail": "[e-mail]"}'),
        ("mailto:ada%40example.org", "mailto:[e-mail]"),
        ("ädä@exämple.org", "[e-mail]"),
        ("10.0.0.1, 192.168.0.254.", "[IP], [IP]."),
        ("at 10.0.0.1:8080", "at [IP]:8080"),
        ("2001:db8::1: hello", "[IP]: hello"),
        ("IP:2001:0db8:0000:0000:0000:ff00:0042:8329", "IP:[IP]"),
        ("http://[2001:db8::7]:80/", "http://[[IP]]:80/"),
        ("::ffff:10.0.0.1", "[IP]"),
        ("fe80::1%eth0", "[IP]%eth0"),
        ("at 12:30:05 on 2024-01-31T12:30:05.123Z", "at 12:30:05 on 2024-01-31T12:30:05.123Z"),
        ("did:plc:abc at://did:web:x std::string", "did:plc:abc at://did:web:x std::string"),
        ("3.141 and 1.2.3 and @ada", "3.141 and 1.2.3 and @ada"),
        (r"a \u0022quote\u0022 and a \u005c stay escaped", r"a \u0022quote\u0022 and a \u005c stay escaped"),
    ],
)
def test_addresses_are_blanked_and_nothing_else(row, kept):
    assert redacted(row) == kept


def test_a_row_is_cut_at_two_thousand_characters():
    assert redacted("x y " * 3_000) == "x y " * (KEPT // 4)


@settings(deadline=None)
@given(st.integers(0, 4 * KEPT + 30))
def test_an_address_does_not_survive_by_being_cut(before):
    kept = redacted("-" * before + " ada.lovelace@example.org " + "- " * 3_000)

    assert "ada" not in kept
    assert len(kept) <= KEPT


@settings(deadline=None)
@given(st.text(), st.emails(domains=st.just("mail.example.org")).filter(lambda address: "`" not in address))
def test_no_e_mail_address_survives_in_a_json_text(text, address):
    row = msgspec.json.encode({"a": text, "b": address})

    assert address not in redacted(row)


@settings(deadline=None)
@given(st.ip_addresses())
def test_no_ip_address_survives_in_a_json_text(address):
    kept = redacted(f'{{"text": "hello", "ip": "{address}"}}')

    assert kept == '{"text": "hello", "ip": "[IP]"}' or len(str(address)) < 4


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_can_be_kept(row):
    assert isinstance(redacted(row), str)


class Row(msgspec.Struct):
    """A row with a field of each kind."""

    text: str
    likes: int | None = None
    tags: list[str] = []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (b'{"text": 5}', "`text` is a whole number, expected a text"),
        (b'{"text": "a", "likes": "b"}', "`likes` is a text, expected a whole number or null"),
        (b'{"text": "a", "tags": [null]}', "`tags[0]` is null, expected a text"),
        (b"{}", "`text` is missing"),
        (b"[]", "the row is a list, expected an object"),
        (b'{"text": "a"', "the row is not JSON: it is cut off"),
        (b'{"text" "a"}', "the row is not JSON: expected ':' (byte 8)"),
        (b'{"text": "\xff"}', "the row is not UTF-8"),
        (b'{"text": "\\ud83d"    }', "the row holds half of a character (a lone surrogate)"),
        (b'{"text": "a", "x":' + b"[" * 100_000, "the row is nested too deeply"),
    ],
)
def test_what_a_decoder_says_becomes_a_sentence(row, told):
    with pytest.raises((ValueError, RecursionError)) as caught:
        msgspec.json.decode(row, type=Row)

    assert in_words(caught.value) == told


def test_a_format_says_itself_what_is_wrong():
    assert in_words(BadRow("it is no post")) == "it is no post"


def test_any_other_failure_is_told_by_its_name():
    assert in_words(KeyError("x")) == "the row could not be read (KeyError: 'x')"


def test_rejects_stand_in_the_order_of_their_lines_and_have_their_schema():
    frame = reject_frame([Bad(9, "b"), Bad(None, "whole file"), Bad(2, "a")], file="f", format="x", remedy="r")

    assert frame.schema == schema_of(Reject)
    assert frame["line"].to_list() == [None, 2, 9]


def test_a_reason_holds_no_address_either():
    frame = reject_frame([Bad(1, "`id` is `ada@example.org`")], file="f", format="x", remedy="r")

    assert frame["reason"].to_list() == ["`id` is `[e-mail]`"]

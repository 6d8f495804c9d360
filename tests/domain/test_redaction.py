"""A shape tells what kind of answer it was, and nothing of whom it was about."""

from hypothesis import given
from hypothesis import strategies as st
from porchlight.domain.redaction import SHAPE_LIMIT, shape_of


def test_a_shape_keeps_the_marks_and_masks_the_words() -> None:
    assert shape_of(b'<html>\n <b>Ada 12 \xd8\xa3</b> {"n": "1Z9"}') == '<xxxx> <x>xxx 00 x</x> {"x": "0x0"}'


@given(st.binary(max_size=2 * SHAPE_LIMIT))
def test_no_letter_or_digit_of_the_answer_is_left(body: bytes) -> None:
    shape = shape_of(body)
    assert len(shape) <= SHAPE_LIMIT
    assert {one for one in shape if one.isalnum() or not one.isascii()} <= {"x", "0"}

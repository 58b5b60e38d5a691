"""Voucher codes: how they look, and what their check character catches."""

import re

import pytest

from laurels.vouchers.codes import ALPHABET, complete_code, draw_code, group_code, is_code


def test_a_code_is_four_groups_of_four_without_look_alikes() -> None:
    codes = {draw_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch("([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", code) and is_code(code) for code in codes)
    assert (len(ALPHABET), set("01OI") & set(ALPHABET)) == (32, set())


def test_the_check_character_is_that_of_luhn_mod_n() -> None:
    """Worked out by hand: from the right, every second place doubled, its two digits in base 32 added up."""
    assert complete_code("2" * 15) == "2" * 16  # all zeros
    assert complete_code("2" * 14 + "3") == "2" * 14 + "3" + "Y"  # 1 doubled is 2; 32 - 2 = 30
    assert complete_code("2" * 14 + "Z") == "2" * 14 + "Z" + "3"  # 31 doubled is 62 = 1·32 + 30; 1 + 30 = 31; 32 - 31 = 1


def test_every_wrong_character_is_caught() -> None:
    code = complete_code("K7QM2XVA9RTDHW4")
    wrong = [code[:place] + other + code[place + 1 :] for place in range(16) for other in ALPHABET if other != code[place]]
    assert not any(is_code(one) for one in wrong)


def test_swapped_neighbours_are_caught_but_for_the_alphabets_ends() -> None:
    first, last = ALPHABET[0], ALPHABET[-1]
    missed = set()
    for one in ALPHABET:
        for other in ALPHABET:
            code = complete_code("K7QM2X" + one + other + "9RTDHW4")
            swapped = code[:6] + other + one + code[8:]
            if one != other and is_code(swapped):
                missed.add((one, other))
    assert missed == {(first, last), (last, first)}


@pytest.mark.parametrize("text", ["", "K7QM", "k" * 17, "0000-0000-0000-0000", "2222-2222-2222-222!", "2222-2222-2222-2223"])
def test_what_is_no_code_is_told(text: str) -> None:
    assert not is_code(text)


def test_spaces_hyphens_and_case_dont_matter() -> None:
    code = complete_code("K7QM2XVA9RTDHW4")
    assert is_code(group_code(code).lower())
    assert is_code(f" {code[:8]} {code[8:]} ")

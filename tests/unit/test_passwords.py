"""Names and passwords: where they come from, what is refused without being shown, and what lets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving.passwords import AccountError, can_others_read, make_check, read_account, read_accounts

EXPECTED = "expected is user:password, both not empty"


def test_a_password_may_have_colons_and_blanks() -> None:
    assert read_account(" ada : se:cret ") == ("ada", " se:cret ")


@pytest.mark.parametrize("text", ["ada", ":secret", "ada:", "", " :secret"])
def test_what_is_no_account(text: str) -> None:
    with pytest.raises(AccountError) as problem:
        read_account(text)
    assert str(problem.value) == EXPECTED


def test_accounts_come_from_all_three_places(tmp_path: Path) -> None:
    file = tmp_path / "class.txt"
    file.write_bytes("\ufeff# 7b\r\n\r\nbo:zwölf\r\ncy:#3\r\n".encode())

    assert read_accounts([("ada", "1")], file, "di:4\neve:5") == {
        "ada": "1",
        "di": "4",
        "eve": "5",
        "bo": "zwölf",
        "cy": "#3",
    }
    assert read_accounts([], None, "") == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"ada:secret\nsecret\n", f"Line 2 of {{file}}: {EXPECTED}."),
        (b"# nobody yet\n", "There is no line user:password in {file}."),
        (b"", "There is no line user:password in {file}."),
        (b"\xff\xfe\x00secret", "{file} cannot be read: it is no text in UTF-8."),
        (None, "{file} cannot be read: No such file or directory."),
    ],
)
def test_a_file_that_is_none_is_refused_and_not_shown(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    file = tmp_path / "class.txt"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(AccountError) as problem:
        read_accounts([], file, "")

    assert str(problem.value) == sentence.format(file=file)
    assert "secret" not in str(problem.value)


def test_two_passwords_of_one_user_are_refused() -> None:
    assert read_accounts([("ada", "1"), ("ada", "1")], None, "") == {"ada": "1"}
    with pytest.raises(AccountError, match="^There are two passwords for ada; leave one out.$"):
        read_accounts([("ada", "1")], None, "ada:2")


def test_only_the_right_password_of_a_known_user_lets_in() -> None:
    check = make_check({"ada": "se:cret", "bo": "zwölf"})

    assert check("ada", "se:cret")
    assert check("bo", "zwölf")
    for user, password in [("ada", "zwölf"), ("ada", ""), ("eve", "se:cret"), ("", ""), ("bo", "\ud800")]:
        assert not check(user, password)


def test_a_file_that_others_can_read_is_known(tmp_path: Path) -> None:
    file = tmp_path / "class.txt"
    file.write_text("ada:1")
    for mode, others in ((0o600, False), (0o640, True), (0o604, True)):
        file.chmod(mode)
        assert can_others_read(file) is others

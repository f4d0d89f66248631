"""Files by their names → inputs of policies."""

import pytest

from tesuri.model.errors import BadInput
from tesuri.subjects.configuration.documents import is_configuration, read_configuration


@pytest.mark.parametrize(
    ("name", "text", "inputs"),
    [
        ("a.toml", "[a]\nb = 1\nc = 2024-01-02T03:04:05Z\n", ({"a": {"b": 1, "c": "2024-01-02T03:04:05Z"}},)),
        (
            "a.ini",
            'top = 1\n; no\n[a.b]\nx = 3000\ny: true\nz = "q" \nu = v ; w\nurl = http://x:1/?a=b\n[c]\n',
            ({"a.b": {"x": 3000, "y": True, "z": "q", "u": "v", "url": "http://x:1/?a=b"}, "c": {}},),
        ),
        ("a.properties", "# no\na.b = c\\\n  d\ne:f\ng\n! no\n", ({"a.b": "cd", "e": "f", "g": ""},)),
        ("x.env", "export A='b c' # no\nD=e # f\nG=\"h\\ni\"\nJ=\n", ({"A": "b c", "D": "e", "G": "h\ni", "J": ""},)),
        (
            "a.xml",
            '<p xmlns="n"><q k="v">t</q><r>1</r><r>2</r></p>',
            ({"p": {"-xmlns": "n", "q": {"-k": "v", "#content": "t"}, "r": ["1", "2"]}},),
        ),
        ("b.properties", "a=\\ud83d\\ude00\\u00e9\n", ({"a": "😀é"},)),
        ("a.ndjson", '{"a": 1}\n\n{"a": 2}\n', ({"a": 1}, {"a": 2})),
        ("terragrunt.hcl", "a = 1\n", ({"a": 1},)),
    ],
)  # fmt: skip
def test_a_name_says_how_a_file_is_read(name: str, text: str, inputs: tuple[object, ...]) -> None:
    assert is_configuration(name)
    assert read_configuration(name, text.encode(), where=name) == inputs


@pytest.mark.parametrize("name", ["a/Dockerfile", "Dockerfile.dev", "dev.dockerfile"])
def test_a_dockerfile_is_known_by_either_end_of_its_name(name: str) -> None:
    (found,) = read_configuration(name, b"FROM a", where=name)
    assert isinstance(found, list)


@pytest.mark.parametrize("name", ["a.py", "README", "a.yaml", "docker", "a.cue"])
def test_other_names_have_no_reader_here(name: str) -> None:
    assert not is_configuration(name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "a = "),
        ("a.ini", "[a]\nnothing"),
        ("a.env", "what is this"),
        ("a.xml", "<a>"),
        ("a.ndjson", '{"a": 1}\n{"a"'),
        ("a.hcl", "}"),
        ("Dockerfile", ""),
        ("a.toml", "a = " + "[" * 20_000),
    ],
)
def test_a_broken_file_is_refused_in_one_sentence(name: str, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_configuration(name, text.encode(), where=name)
    assert "\n" not in str(refused.value)

import pytest

from whorl.errors import RunFileError
from whorl.grouping.runfile import read_groups, write_groups

IDS = ["generated_1", "generated_2", "generated_10"]


@pytest.mark.parametrize("extension", ["", ".png"])
def test_what_is_written_is_read(tmp_path, extension):
    file = tmp_path / "run.csv"
    write_groups(file, IDS, ["1", "1", "gan"], extension)
    assert file.read_text().splitlines()[2] == f"generated_10{extension},gan"
    assert read_groups(file, IDS) == dict(zip(IDS, ["1", "1", "gan"], strict=True))


def test_a_header_may_stand_above_and_lines_in_any_order(tmp_path):
    file = tmp_path / "run.csv"
    file.write_text("image_id,cluster\ngenerated_2,b\ngenerated_1,a\n")
    assert read_groups(file, IDS[:2]) == {"generated_1": "a", "generated_2": "b"}
    assert read_groups(file) == {"generated_2": "b", "generated_1": "a"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("generated_1,a\n", "2 of 3 images have no line: 'generated_2', 'generated_10'"),
        ("generated_1,a\ngenerated_1,b\n", "line 2: 'generated_1' was already given on line 1"),
        ("generated_1,a\ngenerated_2\n", "line 2: expected 2 fields, found 1"),
        ("generated_1,a\ngenerated_2,\n", "line 2: has no cluster"),
        ("generated_1,a\ngenerated_2,a\ngenerated_10,b\nct_7,b\n", "1 ids are of no image: 'ct_7'"),
        ("", "expected a header with image_id and cluster"),
    ],
)
def test_what_is_wrong_with_a_run_is_named(tmp_path, text, fault):
    file = tmp_path / "run.csv"
    file.write_text(text)
    with pytest.raises(RunFileError) as caught:
        read_groups(file, IDS)
    assert str(file) in str(caught.value)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("ids", "clusters"), [(["a,b"], ["1"]), (["a"], [""]), (["a"], [' "x"']), (["a", "a"], "12")]
)
def test_what_the_format_cannot_hold_is_not_written(tmp_path, ids, clusters):
    with pytest.raises(RunFileError):
        write_groups(tmp_path / "run.csv", ids, clusters)
    assert not (tmp_path / "run.csv").exists()

"""``scrapy evaluate``: the experiment on folders with known copies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.rules import PROVEN
from fpcrawler.evaluation.experiment import RECORD_FIELDS
from fpcrawler.evaluation.retagging import retagged
from fpcrawler.evaluation.truth import PREFIXES
from tests.commands import ROOT, SCRAPY, environment, run_scrapy
from tests.core.corpus import CORPUS
from tests.pictures import drawing, saved
from tests.waiting import wait_until

EVALUATE = (*SCRAPY, "evaluate")
MADE_IN_MEMORY = ("--retag", "--templates", "2", "--verify")


@dataclass(frozen=True, slots=True)
class Evaluated:
    exit_code: int
    stdout: str
    stderr: str
    numbers: dict[str, Any]

    def method(self, name: str) -> dict[str, Any]:
        (found,) = [m for m in self.numbers["methods"] if m["method"] == name]
        return dict(found)


def evaluate(
    home: Path,
    *arguments: str,
    prefix: tuple[str, ...] = (),
    meanwhile: Callable[[int], object] | None = None,
) -> Evaluated:
    """Evaluate the folder ``images`` in ``home``, unless arguments are given."""
    child = run_scrapy(
        "evaluate",
        *(arguments or ("images", "-O", "numbers.json")),
        cwd=home,
        env={"TMPDIR": str(home / "tmp")},
        prefix=prefix,
        meanwhile=meanwhile,
    )
    numbers = home / "numbers.json"
    report = json.loads(numbers.read_text()) if numbers.exists() else {}
    return Evaluated(child.returncode, child.stdout, child.stderr, report)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return with_images(tmp_path)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    return evaluate(with_images(tmp_path_factory.mktemp("home")))


def with_images(tmp_path: Path) -> Path:
    """Make a folder of photographs, a template, copies and a retagged copy.

    ``a`` has three copies. ``b`` and ``c`` share their beginning and size, ``d``
    is longer. ``e`` and ``f`` are one picture with other tags.
    """
    images = tmp_path / "images"
    (images / "deep").mkdir(parents=True)
    (tmp_path / "tmp").mkdir()
    files = {"a.jpg": saved(drawing(1, (400, 300)), "JPEG", quality=90)}
    files |= dict.fromkeys(("deep/a.jpg", "copy of ä\udcff.jpg"), files["a.jpg"])
    profile = retagged(
        saved(drawing(2, (400, 300)), "JPEG", quality=90), "profile added"
    )
    assert profile is not None
    place = len(profile) - 9_000
    files["b.jpg"] = profile
    # These bytes are between head and end: they are not compared.
    files["c.jpg"] = profile[:place] + b"\x55\xaa" * 100 + profile[place + 200 :]
    files["d.jpg"] = profile[:-2_000] + profile[-2_500:]
    files["e.png"] = saved(drawing(3, (200, 150)), "PNG")
    files["f.png"] = retagged(files["e.png"], "text before") or b""
    files["page.html"] = b"<html><img src=a.jpg>"
    for name, data in files.items():
        (images / name).write_bytes(data)
    return tmp_path


def test_each_method_is_compared_with_the_whole_files(evaluated: Evaluated) -> None:
    numbers = evaluated.numbers

    assert evaluated.exit_code == 0
    assert (numbers["images"], numbers["different_files"]) == (8, 6)
    assert numbers["min_image_size"] == 0
    assert numbers["truth"] == {
        "groups": 1,
        "files_in_groups": 3,
        "redundant_copies": 2,
    }
    prefix, both = evaluated.method("prefix"), evaluated.method("prefix and size")
    assert prefix["prefix_bytes"] == both["prefix_bytes"] == SAMPLE_BYTES
    assert prefix["groups"] == both["groups"] == 2
    assert prefix["false_merges"]["count"] == 2
    assert both["false_merges"]["count"] == 1
    assert prefix["missed_copies"]["count"] == both["missed_copies"]["count"] == 0


def test_a_false_merge_is_printed_with_its_files(home: Path) -> None:
    evaluated = evaluate(home)
    (group,) = evaluated.method("prefix")["false_groups"]

    assert [file["file"] for file in group] == ["b.jpg", "c.jpg", "d.jpg"]
    assert [file["sha256"] for file in group] == [
        sha256((home / "images" / file["file"]).read_bytes()).hexdigest()
        for file in group
    ]
    for file in group:
        assert f"  {file['sha256'][:16]}  {file['file']}\n" in evaluated.stdout


def test_a_copy_with_other_tags_is_not_a_false_merge(evaluated: Evaluated) -> None:
    ours = evaluated.method("likely")

    assert ours["same_picture"] == 1
    assert "f.png" not in json.dumps(ours["false_groups"])
    assert ours["missed_copies"]["count"] == 0


def test_a_difference_outside_the_compared_bytes_is_at_most_likely(
    evaluated: Evaluated,
) -> None:
    for name in ("same file", "same picture"):
        assert evaluated.method(name)["false_groups"] == []
    ours = evaluated.method("likely")
    (group,) = ours["false_groups"]

    assert ours["false_merges"]["count"] == 1
    assert [file["file"] for file in group] == ["b.jpg", "c.jpg"]


def test_every_rate_has_its_bound(evaluated: Evaluated) -> None:
    rate = evaluated.method("prefix and size")["false_merges"]

    assert rate == {
        "count": 1,
        "of": 8,
        "rate": 0.125,
        "above_95": pytest.approx(1 - 0.95 ** (1 / 8)),
        "below_95": pytest.approx(0.4706797),
    }


def test_the_curve_has_each_length_with_and_without_the_size(
    evaluated: Evaluated,
) -> None:
    curve = evaluated.numbers["curve"]
    prefixes = [p for p in curve if p["method"] == "prefix"]

    assert [p["prefix_bytes"] for p in prefixes] == [*PREFIXES]
    assert len(curve) == 2 * len(PREFIXES)
    assert {512, 10_241, 65_536} < {*PREFIXES}
    # The files with equal prefixes are equal up to the picture.
    assert [p["false_merges"]["count"] for p in prefixes][:6] == [2] * 6


def test_the_cost_of_the_crawl_is_shown_by_format(evaluated: Evaluated) -> None:
    costs = evaluated.numbers["costs"]

    assert {name: cost["images"] for name, cost in costs.items()} == {
        "jpeg": 6,
        "png": 2,
        "all": 8,
    }
    assert all(1 <= cost["mean_requests"] <= 6 for cost in costs.values())
    assert costs["jpeg"]["mean_bytes"] >= SAMPLE_BYTES


def test_small_images_are_left_out_if_min_image_size_says_so(home: Path) -> None:
    (home / "images" / "small.png").write_bytes(saved(drawing(4, (20, 20)), "PNG"))
    arguments = ("images", "-O", "numbers.json")

    assert evaluate(home, *arguments).numbers["images"] == 9
    large = evaluate(home, *arguments, "-s", "MIN_IMAGE_SIZE=20480").numbers
    assert (large["images"], large["min_image_size"]) == (8, 20_480)


def test_retagged_copies_are_found(home: Path) -> None:
    options = ("--retag", "--verify", "-O", "numbers.json")
    evaluated = evaluate(home, "images", *options)
    retag, look = evaluated.numbers["retag"], evaluated.numbers["verify"]
    kinds = {(kind["format"], kind["edit"]) for kind in retag["kinds"]}

    assert {("jpeg", "tag changed"), ("png", "text after")} <= kinds
    assert retag["all"]["count"] == retag["all"]["of"] >= 40
    assert {word for kind in retag["kinds"] for word in kind["verdicts"]} <= {*PROVEN}
    assert 0 < look["images"] < look["requests"] <= 5 * look["images"]
    assert 0 < look["bytes"] <= 1_024 * look["requests"] + 128 * look["requests"]
    assert retag["missed"] == []
    assert "jpeg, profile added" in evaluated.stdout


def test_renderings_of_templates_are_compared(home: Path) -> None:
    arguments = ("images", "--templates", "2", "-O", "numbers.json")
    evaluated = evaluate(home, *arguments)
    templates = evaluated.numbers["templates"]
    bitmaps = [one for one in templates["formats"] if one["format"] == "bmp"]

    assert evaluated.exit_code == 0
    # Of the eight files, the copies show one picture; so do e.png and f.png.
    # b.jpg and c.jpg differ only in damaged bytes.
    assert (templates["renderings"], templates["pictures"]) == (2, 5)
    assert templates["failed"] == []
    assert [one["copies"]["of"] for one in bitmaps] == [5]
    assert templates["all"]["of"] == 5 * len(templates["formats"])
    assert "5 pictures, 2 renderings of each; 0 files could not be" in evaluated.stdout
    assert "\nwebp lossless " in evaluated.stdout


@pytest.mark.parametrize(
    ("name", "opening"),
    [
        ("curve.svg", b"<?xml"),
        pytest.param("CURVE.PNG", b"\x89PNG", marks=pytest.mark.untraced),
    ],
)
def test_the_curve_is_drawn(home: Path, name: str, opening: bytes) -> None:
    evaluated = evaluate(home, "images", "--curve", name)

    assert evaluated.exit_code == 0
    assert (home / name).read_bytes().startswith(opening)
    first = (home / name).read_bytes()
    evaluate(home, "images", "--curve", name)
    assert (home / name).read_bytes() == first


def test_json_may_go_to_stdout(home: Path) -> None:
    numbers = json.loads(evaluate(home, "images", "--json").stdout)

    assert numbers["folder"] == "images"
    assert list(numbers) == [
        *("folder", "min_image_size", "images", "bytes", "different_files", "lost"),
        *("truth", "methods", "curve", "costs"),
    ]


def test_nothing_of_an_image_is_left_or_written(home: Path) -> None:
    before = {path: path.stat().st_mtime for path in (home / "images").rglob("*")}
    evaluate(home)

    assert not [*(home / "tmp").iterdir()]
    assert not (home / "data").exists()
    assert {path: path.stat().st_mtime for path in before} == before
    assert not [name for name in RECORD_FIELDS if "bytes_sample" in name]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "name one folder, not 'nothing': scrapy evaluate DIR."),
        (["a", "b"], "name one folder, not 'a b'"),
        (["none"], "'none' is not a folder; name a folder of images."),
        (["images/a.jpg"], "'images/a.jpg' is not a folder"),
        (["empty"], "'empty' has no image; name a folder of images."),
        (["texts"], "'texts' has no image; name a folder of images."),
        (
            ["images", "-s", "MIN_IMAGE_SIZE=9999999"],
            "'images' has no image of more than 9999999 bytes (MIN_IMAGE_SIZE)",
        ),
        (["images", "-s", "MIN_IMAGE_SIZE=big"], "MIN_IMAGE_SIZE is 'big'; use"),
        (["images", "-s", "MIN_IMAG_SIZE=1"], "did you mean MIN_IMAGE_SIZE?"),
        (["images", "--colour"], "'images --colour'"),
        (["images", "--templates", "1"], "--templates is 1; use a number from 2 to"),
        (["images", "--templates", "9999"], "--templates is 9999; use a number"),
        (["images", "--templates", "few"], "argument --templates: invalid int value"),
        (["images", "-O"], "argument -O/--output: expected one argument"),
        (["images", "-O", "empty"], "-O is 'empty', which cannot be written"),
        (["images", "-O", "none/a.json"], "-O is 'none/a.json', which cannot"),
        (["images", "--curve", "a.pdf"], "name a file that ends with .svg or .png"),
        (["images", "--curve", "none/a.svg"], "--curve is 'none/a.svg', which cannot"),
    ],
)
def test_bad_input_is_one_line(home: Path, arguments: list[str], sentence: str) -> None:
    (home / "empty").mkdir()
    (home / "texts").mkdir()
    (home / "texts" / "a.jpg").write_text("no image")
    evaluated = evaluate(home, *arguments) if arguments else evaluate_nothing(home)
    report = [
        line for line in evaluated.stderr.splitlines() if "scrapy evaluate" in line
    ]

    assert evaluated.exit_code == 1
    assert len(report) == 1
    assert report[0].startswith("scrapy evaluate: ")
    assert sentence in report[0]
    assert "Traceback" not in evaluated.stderr
    assert not evaluated.stdout


def evaluate_nothing(home: Path) -> Evaluated:
    child = run_scrapy("evaluate", cwd=home)
    return Evaluated(child.returncode, child.stdout, child.stderr, {})


def test_an_option_may_need_a_package(home: Path) -> None:
    hide = "import sys; sys.modules.update(matplotlib=None, PIL=None)\n"
    (home / "sitecustomize.py").write_text(hide)
    prefix = ("env", f"PYTHONPATH={home}:{ROOT}")

    for *options, package in (
        ("--curve", "a.svg", "matplotlib"),
        ("--templates", "2", "pillow"),
    ):
        evaluated = evaluate(home, "images", *options, prefix=prefix)
        assert evaluated.exit_code == 1
        assert evaluated.stderr == (
            f"scrapy evaluate: {options[0]} needs the package {package}; "
            "install it with: pip install -r requirements-evaluate.txt.\n"
        )
    assert evaluate(home, "images", prefix=prefix).exit_code == 0


def test_an_unreadable_file_is_reported(home: Path) -> None:
    (home / "images" / "gone.jpg").symlink_to("nothing")
    evaluated = evaluate(home)

    assert evaluated.exit_code == 4
    assert evaluated.numbers["images"] == 8
    assert "1 failed (FileNotFoundError 1)" in evaluated.stderr
    assert "scrapy evaluate: some files failed; -s LOG_LEVEL=INFO" in evaluated.stderr


def test_a_pipe_is_not_waited_for(home: Path) -> None:
    os.mkfifo(home / "images" / "pipe.jpg")

    assert evaluate(home).exit_code == 4


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it(home: Path, number: signal.Signals) -> None:
    def stop(pid: int) -> None:
        wait_until(lambda: [*(home / "tmp").rglob("records.jsonl")])
        os.kill(pid, number)

    slowly = ("-s", "DOWNLOAD_DELAY=0.5")
    evaluated = evaluate(home, "images", *slowly, meanwhile=stop)

    assert evaluated.exit_code == 3
    assert not evaluated.stdout
    assert "Traceback" not in evaluated.stderr
    assert not [*(home / "tmp").iterdir()]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is missing")
def test_of_prefix_twins_the_seed_merges_every_group_and_verdicts_no_pictures(
    home: Path,
) -> None:
    twins = CORPUS / "prefix-twins"
    evaluated = evaluate(home, str(twins), "-O", "numbers.json")
    prefix, ours = evaluated.method("prefix"), evaluated.method("same picture")

    assert prefix["groups"] == len([*twins.iterdir()])
    assert prefix["files_in_groups"] == evaluated.numbers["images"] == 41
    assert ours["false_merges"]["count"] == 0
    assert ours["false_groups"] == []


@pytest.mark.untraced
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_only_records_reach_the_disk(home: Path) -> None:
    trace, command = home / "trace", (*EVALUATE, "images", *MADE_IN_MEMORY)
    subprocess.run(
        [
            *("strace", "-f", "--seccomp-bpf", "-qq"),
            *("-e", "trace=openat,open,creat", "-o", trace),
            *command,
        ],
        cwd=home,
        env={
            **environment(),
            "TMPDIR": str(home / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        check=True,
    )
    written = {
        Path(line.split('"')[1])
        for line in trace.read_text(errors="replace").splitlines()
        if any(flag in line for flag in ("O_WRONLY", "O_RDWR", "creat("))
    }
    ours = {path for path in written if path.parts[1] not in ("dev", "proc")}

    # `tempfile` tests its folder with a file.
    in_folders = {path for path in ours if path.parent != home / "tmp"}
    assert {path.name for path in in_folders} == {
        "records.jsonl",
        "records.jsonl.notes",
        ".records.jsonl.run.part",
        "owner",  # of the folder, locked while its process lives
    }
    assert all(path.is_relative_to(home / "tmp") for path in in_folders)

"""The calculators of evidence: studies, series and plans, in files and on pages."""

import json

import pytest
import yaml

from marketplace.cli import main
from marketplace.faces.desk import CALCULATORS
from marketplace.kit.errors import Invalid
from tests.services import known_frameworks

FRAMEWORKS = known_frameworks()
NAMES = ("pool", "sample", "spc")


def worked(name: str, **given):
    return CALCULATORS[name].work(given, FRAMEWORKS)


def test_pool_gives_the_bcg_analysis_of_metafor():
    found = CALCULATORS["pool"].work(yaml.safe_load(CALCULATORS["pool"].example), FRAMEWORKS).document

    plain, knapp = found["models"]["reml"], found["pooled"]
    assert [round(plain[name], 4) for name in ("mu", "low", "high", "tau2", "tau2_se", "q")] == [-0.7145, -1.0669, -0.3622, 0.3132, 0.1664, 152.2330]
    assert [round(each, 4) for each in (plain["estimate"], *plain["interval"])] == [0.4894, 0.3441, 0.6962]
    assert [round(each, 4) for each in plain["prediction_t_k_minus_2"]] == [-2.0084, 0.5793]
    assert [round(knapp[name], 4) for name in ("se", "low", "high")] == [0.1808, -1.1084, -0.3206]
    assert [round(found["models"]["fixed"][name], 4) for name in ("mu", "low", "high")] == [-0.4303, -0.5097, -0.3509]
    assert [round(found["models"]["dl"][name], 4) for name in ("mu", "tau2", "i2")] == [-0.7141, 0.3088, 92.1173]
    assert len(found["leave_one_out"]) == len(found["cumulative"]) == 13
    assert found["cumulative"][0]["pooled"] is None


def test_pool_reads_intervals_errors_counts_and_means_alike():
    rows = [
        {"name": "interval", "effect": -3.1, "low": -4.0, "high": -2.2},
        {"name": "error", "effect": "-2.5", "se": 0.5},
        {"name": "variance", "effect": -1, "variance": 0.3},
        {"name": "means", "n1": 40, "mean1": 8.2, "sd1": 2.5, "n2": 38, "mean2": 9.6, "sd2": 2.9},
    ]

    found = worked("pool", measure="mean-difference", studies=rows).document

    assert [round(study["y"], 4) for study in found["studies"]] == [-3.1, -2.5, -1, -1.4]
    assert round(found["studies"][0]["v"], 4) == 0.2109


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"studies": [{"effect": 1, "se": 1}]}, "fewer than two"),
        ({"studies": [{"effect": 1, "se": 1}, {"effect": 1}]}, "no interval and no standard error"),
        ({"studies": [{"effect": 1, "se": 1}, {"effect": "nan", "se": 1}]}, "is not a number"),
        ({"studies": [{"effect": 1, "se": 1}, {"effect": 1, "sd": 1}]}, '"sd" is not asked for'),
        ({"studies": [{"effect": 1, "se": 1}, {"effect": 1, "se": 0}]}, "no width"),
        ({"studies": []}, "no studies"),
        ({"studies": [3, 4]}, "not a row"),
        ({"measure": "ratio", "studies": [{"effect": -1, "se": 1}] * 2}, "a ratio is above 0"),
        ({"measure": "odds-ratio", "studies": [{"a": 0, "b": 9, "c": 0, "d": 9}] * 2}, "no ratio where nobody"),
        ({"measure": "magic", "studies": []}, "is not known"),
        ({"method": "bayes", "studies": []}, "is not known"),
        ({"level": 100, "studies": []}, "none to use"),
        ({"colour": "red"}, "is not asked for"),
    ],
)
def test_pool_names_what_does_not_hold(given, told):
    with pytest.raises(Invalid, match=told):
        worked("pool", **given)


def test_spc_tells_the_seven_below_the_mean():
    found = worked("spc", **yaml.safe_load(CALCULATORS["spc"].example))

    assert round(found.document["lower"], 4) == 29.6836
    assert found.document["variation"] == "improvement"
    assert found.document["assurance"] == "inconsistent"
    assert [point["signal"] for point in found.document["points"]][-7:] == ["shift"] * 7
    assert any("in a run on one side of the mean" in line for line in found.lines)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"values": []}, "no values"),
        ({"values": [1]}, "two values"),
        ({"values": [1, "x"]}, "is not a number"),
        ({"values": [1, 2, 3], "fix-on": 2}, "fixed on 12"),
        ({"values": [1, 2, 3], "rebase-at": [9]}, "outside the series"),
        ({"values": [1, 2, 3], "shift": 1}, "fewer than 3"),
        ({"values": [1, 2, 3], "better": "sideways"}, "is not known"),
    ],
)
def test_spc_names_what_does_not_hold(given, told):
    with pytest.raises(Invalid, match=told):
        worked("spc", **given)


def test_sample_gives_a_size_with_its_working():
    assert worked("sample", baseline=0.5, difference=0.1).document["total"] == 770
    assert worked("sample", difference=5, sd=10).document["total"] == 126
    assert worked("sample", **{"for": "none-seen", "most": 0.01}).document["total"] == 300
    assert worked("sample", **{"for": "one-share", "share": 0.02, "half-width": 0.01}).document["total"] == 753
    assert worked("sample", difference=5, sd=10, cluster=21, icc=0.05).document["clusters"] == 12


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"difference": 0, "sd": 10}, "above 0"),
        ({"difference": 1}, "baseline is missing"),
        ({"baseline": 50, "difference": 10}, "no share"),
        ({"difference": 5, "sd": 10, "power": 2}, "power|below|0.0|range"),
        ({"difference": 5, "sd": 10, "ratio": 0}, "no chances"),
        ({"for": "tea"}, "is not known"),
        ({"difference": 1e-12, "sd": 1e12}, "."),
    ],
)
def test_sample_names_what_does_not_hold(given, told):
    if given.get("sd") == 1e12:
        assert worked("sample", **given).document["total"] > 10**40
        return
    with pytest.raises(Invalid, match=told):
        worked("sample", **given)


@pytest.mark.parametrize("name", NAMES)
def test_each_runs_on_the_command_line_on_its_own_example(name, tmp_path, capsys):
    path = tmp_path / "given.yaml"
    path.write_text(CALCULATORS[name].example)

    assert main(["desk", name, str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_pool_reads_its_studies_from_a_csv_beside_the_file(tmp_path, capsys):
    (tmp_path / "studies.csv").write_text("name,effect,low,high\nOne,0.5,0.3,0.8\nTwo,0.7,0.5,1.0\n")
    path = tmp_path / "given.yaml"
    path.write_text("measure: ratio\nstudies: studies.csv\nknapp: false\n")

    assert main(["desk", "pool", str(path), "--json"]) == 0
    assert round(json.loads(capsys.readouterr().out)["pooled"]["estimate"], 2) == 0.62

"""Static files: named by their content, pointed at by each other, as light as they must be, and whose they are."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from marketplace.web.assets import Assets

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets(ROOT / "static")


def test_a_file_is_served_under_its_digest(assets: Assets):
    url = assets.url("css/touchstone.css")
    found = assets.find(url)

    assert re.fullmatch(r"/static/css/touchstone\.[0-9a-f]{12}\.css", url)
    assert found is not None
    assert found.media_type == "text/css; charset=utf-8"
    assert found.gzipped is not None
    assert gzip.decompress(found.gzipped) == found.content
    assert hashlib.sha256(found.content).hexdigest().startswith(url.split(".")[1])


def test_a_style_sheet_points_at_digests_and_at_nobody_else(assets: Assets):
    found = [asset for asset in assets.by_name.values() if asset.name.endswith(".css")]

    text = "".join(asset.content.decode() for asset in found)
    addresses = re.findall(r"url\(\"?([^)\"]+)", text)

    assert addresses
    assert all(assets.find(address) for address in addresses)


@pytest.mark.parametrize("path", [
    "/static/css/touchstone.css", "/static/css/touchstone.000000000000.css", "/static/../pyproject.toml", "/static/",
    "",
])
def test_any_other_path_finds_nothing(assets: Assets, path: str):
    assert assets.find(path) is None


def test_a_changed_file_gets_another_address(tmp_path: Path):
    (tmp_path / "css").mkdir()
    (tmp_path / "a.woff2").write_bytes(b"one")
    (tmp_path / "css" / "b.css").write_text('x { src: url("../a.woff2"); background: url(../none.png) }')
    before = Assets(tmp_path)
    (tmp_path / "a.woff2").write_bytes(b"two")
    after = Assets(tmp_path)

    assert before.url("a.woff2") != after.url("a.woff2")
    assert before.url("css/b.css") != after.url("css/b.css")
    assert after.url("a.woff2").encode() in after.by_name["css/b.css"].content
    with pytest.raises(LookupError, match=r"none\.css"):
        after.url("none.css")


def test_each_vendored_file_is_what_the_manifest_says():
    vendor = ROOT / "static" / "vendor"
    entries = json.loads((vendor / "MANIFEST.json").read_text())["files"]
    listed = {entry["file"] for entry in entries}

    code = [path for path in vendor.rglob("*") if path.suffix in (".css", ".js", ".woff2")]

    assert {path.relative_to(vendor).as_posix() for path in code} == listed
    for entry in entries:
        assert hashlib.sha256((vendor / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert (vendor / entry["licence_file"]).stat().st_size > 300


def test_the_files_of_a_first_view_are_light(assets: Assets):
    sizes = {name: len(asset.gzipped or asset.content) for name, asset in assets.by_name.items()}

    assert sizes["css/touchstone.css"] < 12_500  # eleven rooms draw from it, once for all their pages
    assert sizes["vendor/nhsuk/nhsuk.css"] < 8_000
    assert sizes["vendor/nhsuk/nhsuk.js"] < 8_000
    assert sizes["vendor/atkinson/atkinson-hyperlegible-next.woff2"] < 60_000

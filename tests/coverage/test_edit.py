"""``services.toml`` edits the preset, adds services, and hears of every mistake at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridplan.coverage.edit import read_services, services_of
from gridplan.coverage.services import OpenRule, ServiceSet
from gridplan.errors import InputError

KINDS = ("教育", "医疗", "养老", "托育", "体育健身", "文化服务", "交通物流", "商业服务", "物业服务",
         "智慧安防", "社区治理")  # fmt: skip


def written(folder: Path, text: str) -> Path:
    path = folder / "services.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_preset_has_the_eleven_kinds_each_with_its_sentence() -> None:
    services = ServiceSet().services
    assert tuple(service.title() for service in services) == KINDS
    for service in services:
        for language in ("zh", "en"):
            assert f"{service.walk.metres:.0f}" in service.walk.sentence(language).replace(",", "")
        assert (service.kinds, service.names) != ((), ())


def test_a_folder_without_the_file_has_the_preset(tmp_path: Path) -> None:
    assert services_of(tmp_path) == ServiceSet()


def test_edits_and_additions(tmp_path: Path) -> None:
    written(tmp_path, """
        [open]
        at = "周三 19:00"
        count_unknown = true
        [services."医疗"]
        metres = 800
        source = "本街道民生实事方案"
        open = { days = 6 }
        [services.elderly]
        places_per_household = 0.02
        capacity = 30
        [services."托育"]
        use = false
        [services."综合医院"]
        metres = 1000
        kinds = ["医院", "hospital"]
        [visits]
        patrol_days = 10
        special_months = false
    """)  # fmt: skip
    services = services_of(tmp_path)
    by_name = {service.title(): service for service in services.services}
    assert set(by_name) == {*KINDS, "综合医院"} - {"托育"}
    health = by_name["医疗"]
    assert (health.walk.metres, health.walk.sentence()) == (800.0, "本街道民生实事方案")
    assert services.rule(health) == OpenRule(days=6)
    assert services.rule(by_name["教育"]) == OpenRule((2, 1140), None, count_unknown=True)
    assert by_name["养老"].places_per_household == 0.02
    assert by_name["养老"].walk.source.startswith("coverage.source.")
    assert "本单位" in by_name["综合医院"].walk.sentence()
    assert (services.visits.patrol_days, services.visits.special_months) == (10, None)


def test_every_fault_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, """
        [open]
        at = "下午三点"
        [services."医疗"]
        meters = 800
        metres = -1
        kinds = "医院"
        [services."图书馆"]
        names = ["图书馆"]
        [visits]
        patrol_days = 0
    """)  # fmt: skip
    with pytest.raises(InputError) as told:
        read_services(path)
    places = {fault.column: fault.key for fault in told.value.faults}
    assert places == {
        "open.at": "coverage.wants.moment",
        "services.医疗.meters": "load.unknown_key",
        "services.医疗.metres": "load.wants.number",
        "services.医疗.kinds": "coverage.wants.texts",
        "services.图书馆": "coverage.fault.key_needed",
        "visits.patrol_days": "coverage.wants.whole_or_off",
    }
    for language in ("zh", "en"):
        assert len(told.value.text(language).splitlines()) == 7


@pytest.mark.parametrize(
    ("content", "key"),
    [(b"[services", "load.area_syntax"), ("[服务]".encode("gbk"), "load.area_not_utf8"),
     (b"services = 3", "load.not_a_table"), (b"version = 2", "coverage.wants.version"),
     (b"[services]\nhealth = 3", "load.not_a_table")],
)  # fmt: skip
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes, key: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as told:
        read_services(path)
    assert [fault.key for fault in told.value.faults] == [key]
    assert "mine.toml" in told.value.text()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="无法读取"):
        read_services(tmp_path / "none.toml")


def test_some_service_has_to_stay(tmp_path: Path) -> None:
    text = "".join(f'[services."{name}"]\nuse = false\n' for name in KINDS)
    with pytest.raises(InputError, match="没有保留任何服务类别"):
        read_services(written(tmp_path, text))


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "coverage.md"
    (block,) = re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    services = read_services(written(tmp_path, block))
    assert services.open == OpenRule((2, 1140), 3, count_unknown=True)
    assert "综合医院" in {service.title() for service in services.services}
    assert services.visits == ServiceSet().visits


def test_the_page_tells_the_preset() -> None:
    page = (Path(__file__).parents[2] / "docs" / "coverage.md").read_text("utf-8")
    table = re.findall(r"^\| ([^|]*) \| ([\d,]+) \| [^|]* \|$", page, re.MULTILINE)
    told = {key: float(metres.replace(",", "")) for kinds, metres in table
            for key in re.findall(r"[a-z]+", kinds)}  # fmt: skip
    assert told == {service.key: service.walk.metres for service in ServiceSet().services}

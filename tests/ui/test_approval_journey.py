"""A plan from its first version to being in force, one objection answered, in a real browser."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

MAP = 'iframe[title="streamlit_folium.st_folium"]'


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def begin(page: Page, address: str) -> None:
    """Begin with the layers merged and keep a version of it."""
    page.goto(address)
    page.get_by_role("link", name="多网合一").click()
    page.get_by_text("合并起点").first.click(timeout=120_000)
    press(page, "以合并结果为起点")
    page.get_by_text("版本与历史", exact=True).click()
    page.get_by_label("版本名称").fill("送审稿")
    press(page, "存为版本")
    expect(page.get_by_text("已存版本")).to_be_visible()


def test_from_being_put_forward_to_being_in_force(page: Page, address: str, tmp_path: Path) -> None:
    begin(page, address)
    page.get_by_role("link", name="方案审批").click()
    expect(page.frame_locator(MAP).first.get_by_text("送审稿").first).to_be_visible()
    page.get_by_label("经办人").fill("王科长")
    page.get_by_label("经办人").press("Enter")
    press(page, "提报")
    expect(page.get_by_text("请核对后勾选")).to_be_visible()
    page.get_by_test_id("stCheckbox").click()
    press(page, "提报")
    press(page, "“街道审核”通过")
    page.get_by_label("批复文号、意见").fill("区政办〔2026〕8 号")
    press(page, "登记批复：区级批准")
    press(page, "发放网格编码")
    with page.expect_download() as took:
        page.get_by_role("button", name="下载网格编码表").click()
    took.value.save_as(tmp_path / "codes.xlsx")
    book = openpyxl.load_workbook(tmp_path / "codes.xlsx")
    assert book.sheetnames == ["网格编码", "新旧编码对照", "停用编码"]
    assert book["网格编码"]["A2"].number_format == "@"

    views = page.get_by_test_id("stMain").get_by_role("radio")
    views.filter(has_text="办理").click()
    press(page, "开始公示")
    views.filter(has_text="公示意见").click()
    page.get_by_label("登记公示意见").fill("3 号楼离驻点太远，回电 13812345678")
    press(page, "登记")
    expect(page.get_by_text("回电 ***").first).to_be_visible()
    views.filter(has_text="办理").click()
    expect(page.get_by_text("还有 1 条公示意见未答复")).to_be_visible()
    expect(page.get_by_role("button", name="确定生效日期")).to_be_disabled()
    views.filter(has_text="公示意见").click()
    page.get_by_label("答复", exact=True).fill("步行五分钟可到，维持原方案")
    page.get_by_text("不采纳", exact=True).click()
    press(page, "答复")
    expect(page.get_by_text("未答复 0 条。")).to_be_visible()
    views.filter(has_text="办理").click()
    press(page, "确定生效日期")
    expect(page.get_by_text("已定于")).to_be_visible()
    assert page.locator(".gp-steps .done").count() == 5
    views.filter(has_text="现行与流程").click()
    expect(page.get_by_text("历次生效方案")).to_be_visible()

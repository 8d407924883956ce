"""How every page looks: on a screen, on a telephone, on paper."""

from __future__ import annotations

CHINESE_ONLY = """<style>
[data-testid="stFileUploaderDropzone"] button p, [data-testid="stFileUploaderDropzoneInstructions"] {
  font-size: 0; }
[data-testid="stFileUploaderDropzone"] button p::after { content: "选择文件"; font-size: 0.9rem; }
[data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
[data-testid="stDataFrameColumnMenu"] { display: none; }
[data-testid="stSidebarUserContent"] { padding-bottom: 1rem; }
</style>"""
"""Streamlit has none but English words for its upload button and for a column's menu."""
STYLE = """<style>
.block-container { padding: 1rem 1.4rem 0.5rem; max-width: none; }
[data-testid="stElementToolbar"] { display: none; }
header[data-testid="stHeader"] { height: 0; min-height: 0; background: none; }
[data-testid="stSidebarHeader"] { height: 2.2rem; padding-bottom: 0; }
[data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"] { z-index: 99; }
[data-testid="stVerticalBlock"] { gap: 0.55rem; }
.st-key-top { min-height: 3.5rem; border-bottom: 1px solid #d5dbe3; justify-content: center; }
.st-key-progress [data-testid="stVerticalBlock"] { gap: 0; }
.gp-top { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; align-items: baseline; }
.gp-top b { font-size: 1.3rem; } .gp-top span { color: #4a5663; }
.gp-top i { font-style: normal; background: #e8eef5; border-radius: 3px; padding: 0.05rem 0.5rem;
  color: #1f4e79; }
.gp-four { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.6rem; }
.gp-four div { border: 1px solid #d5dbe3; border-radius: 4px; padding: 0.45rem 0.8rem; }
.gp-four small { display: block; color: #5b6672; font-size: 0.82rem; }
.gp-four strong { font-size: 1.45rem; line-height: 1.3; font-weight: 600; }
.gp-four .bad strong { color: #c1272d; } .gp-four .good strong { color: #2f7d4f; }
.gp-four em { font-style: italic; }
.gp-four.narrow { grid-template-columns: repeat(2, 1fr); gap: 0.4rem; }
.gp-four.narrow strong { font-size: 1.2rem; }
.gp-wait { color: #4a5663; text-align: center; margin: 22vh auto 0; max-width: 34rem; }
.gp-source { color: #5b6672; font-size: 0.8rem; line-height: 1.35; }
.gp-source.ours { color: #8a4b00; }
iframe[title="streamlit_folium.st_folium"] { border: 1px solid #d5dbe3; border-radius: 4px; }
@media (max-width: 640px) { .gp-four { grid-template-columns: repeat(2, 1fr); }
  header[data-testid="stHeader"] { height: 2.4rem; }
  .block-container { padding: 2.4rem 0.8rem 1rem; }
  .st-key-progress { position: fixed; z-index: 99; left: 0; right: 0; bottom: 0; background: #fff;
    border-top: 1px solid #d5dbe3; padding: 0.5rem 0.8rem; } }
</style>"""

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
.gp-four.three { grid-template-columns: repeat(3, 1fr); gap: 0.4rem; }
.gp-four.three div { padding: 0.3rem 0.55rem; } .gp-four.three strong { font-size: 1.15rem; }
.gp-wait { color: #4a5663; text-align: center; margin: 22vh auto 0; max-width: 34rem; }
.gp-source { color: #5b6672; font-size: 0.8rem; line-height: 1.35; }
.gp-source.ours { color: #8a4b00; }
iframe[title="streamlit_folium.st_folium"] { border: 1px solid #d5dbe3; border-radius: 4px; }
@media (max-width: 640px) { .gp-four { grid-template-columns: repeat(2, 1fr); }
  header[data-testid="stHeader"] { height: 2.4rem; }
  .block-container { padding: 2.4rem 0.8rem 1rem; }
  .st-key-progress { position: fixed; z-index: 99; left: 0; right: 0; bottom: 0; background: #fff;
    border-top: 1px solid #d5dbe3; padding: 0.5rem 0.8rem; } }
@media print {
  @page { size: A4; margin: 12mm; }
  [data-testid="stSidebar"], header[data-testid="stHeader"], [data-testid="stToolbar"],
  [data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"],
  [data-testid="stStatusWidget"], .stButton, .stDownloadButton, .stPageLink, .stSelectbox,
  .stSegmentedControl, .stButtonGroup, [data-testid="stFileUploader"], .stForm, .st-key-progress,
  .st-key-controls, .st-key-screen, .st-key-screen-map, .gp-legend-line { display: none !important; }
  html, body, #root, .stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"],
  [data-testid="stApp"] { position: static !important; overflow: visible !important;
    height: auto !important; display: block !important; }
  .block-container { padding: 0 !important; }
  .gp-print { display: block !important; } .gp-board { font-size: .94em; }
  .gp-table { font-size: .78em !important; }
  .gp-table th, .gp-table td { padding: .22em .25em !important; } .gp-scroll { overflow: visible !important; }
  .gp-four, .gp-figures, .gp-table tr, .gp-print, ul.gp-trend { break-inside: avoid; }
  h4 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
</style>"""
BLOCKS = """<style>
.gp-line { font-size: 1.2em; font-weight: 600; margin: 0; color: #1c2733; line-height: 1.45; }
.gp-figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: .6em; }
.gp-figures > div { border: 1px solid #d5dbe3; border-radius: 4px; padding: .4em .8em .45em; }
.gp-figures small { display: block; color: #5b6672; font-size: .85em; }
.gp-figures strong { font-size: 1.75em; line-height: 1.25; font-weight: 600; }
.gp-figures strong u { font-size: .55em; text-decoration: none; font-weight: 400; }
.gp-figures strong em { font-style: normal; font-size: .75em; color: #5b6672; }
.gp-figures p { margin: 0; display: flex; flex-wrap: wrap; gap: 0 .9em; font-size: .9em;
  color: #5b6672; }
.gp-figures .bad { color: #c1272d; } .gp-figures .good { color: #2f7d4f; }
.gp-scroll { overflow-x: auto; }
.gp-table { border-collapse: collapse; width: 100%; font-size: .95em; }
.gp-table th, .gp-table td { padding: .22em .45em; border: 0; border-bottom: 1px solid #e6eaef;
  text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.gp-table thead th { color: #5b6672; font-weight: 400; border-bottom: 1px solid #b9c3ce; }
.gp-table tbody th { font-weight: 400; text-align: left; }
.gp-table thead th:first-child, .gp-table th.left { text-align: left; }
.gp-table .total th, .gp-table .total td { font-weight: 600; border-bottom: 0; }
.gp-table td.bar { width: 45%; min-width: 7em; }
.gp-table td.bar div { display: flex; height: .95em; background: #f3f5f8; border-radius: 2px;
  overflow: hidden; }
.gp-table i.red { background: #c1272d; } .gp-table i.yellow { background: #e2b007; }
.gp-table i.green { background: #3f8f5f; } .gp-table i.plain { background: #5f86ad; }
.gp-table i.few { opacity: .5; }
.gp-table td.red { color: #a3161b; } .gp-table td.green { color: #2f7d4f; }
.gp-table td.yellow { color: #7d5c00; }
.gp-note, .gp-foot { color: #5b6672; font-size: .85em; line-height: 1.4; margin: .25em 0 0; }
.gp-board h4 { font-size: 1.05em; font-weight: 600; margin: 0 0 .2em; padding: 0 !important; }
.gp-board h4 small { font-weight: 400; color: #5b6672; font-size: .82em; margin-left: .8em; }
.gp-legend-line { margin: 0; display: flex; flex-wrap: wrap; gap: .1em 1em; font-size: .88em;
  color: #1c2733; }
.gp-legend-line b { font-weight: 400; color: #5b6672; }
.gp-legend-line i { display: inline-block; width: 1.5em; height: .8em; margin-right: .4em;
  border: 1px solid #8a7a5a; box-sizing: border-box; }
ul.gp-trend { list-style: none; margin: 0; font-size: 1em !important; padding: 0; display: flex; gap: .5em;
  align-items: stretch; }
ul.gp-trend li { flex: 1; min-width: 0; margin: 0; font-size: 1em !important; text-align: center; }
ul.gp-trend li > div { height: 6.2em; position: relative; border-bottom: 1px solid #b9c3ce; }
ul.gp-trend i { position: absolute; left: 8%; right: 8%; bottom: 0; background: #9db4cc;
  border-radius: 2px 2px 0 0; font-style: normal; }
ul.gp-trend li.now i { background: #1f4e79; } ul.gp-trend li.few i { opacity: .5; }
ul.gp-trend b { display: block; font-size: .85em; font-weight: 400; color: #1c2733; }
ul.gp-trend s { position: absolute; left: 0; right: 0; height: 2px; background: #c77700;
  text-decoration: none; }
ul.gp-trend small { color: #5b6672; font-size: .8em; white-space: nowrap; }
.gp-print { display: none; }
.gp-print img, .gp-wall img { display: block; width: 100%; }
.gp-strip { margin: 0; display: flex; flex-wrap: wrap; gap: 0 1.6em; color: #4a5663; }
.gp-strip b { color: #1c2733; font-weight: 600; }
.gp-strip .bad { color: #c1272d; } .gp-strip .good { color: #2f7d4f; }
.gp-to-wall { color: #1f4e79; white-space: nowrap; }
@media (max-width: 640px) {
  .gp-figures { grid-template-columns: repeat(2, 1fr); gap: .4em; }
  .gp-figures > div { padding: .35em .55em; } .gp-figures strong { font-size: 1.5em; }
  .gp-table td.bar { width: auto; min-width: 5em; }
  ul.gp-trend { gap: .2em; } ul.gp-trend b { font-size: .78em; }
  ul.gp-trend small { font-size: .68em; } }
</style>"""
"""The parts of the leaders' pages, in em: they grow with the letters of what holds them."""
STEPS = """<style>
ol.gp-steps { list-style: none; display: flex; gap: .35rem; margin: 0; padding: 0; }
ol.gp-steps li { flex: 1; min-width: 0; margin: 0; padding: .35rem .7rem .4rem; font-size: .9rem;
  border-top: 4px solid #c6ced8; background: #f6f8fa; color: #5b6672; }
ol.gp-steps b { display: block; font-weight: 600; font-size: .95rem; }
ol.gp-steps small { display: block; font-size: .78rem; line-height: 1.4; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
ol.gp-steps .done { border-color: #2f7d4f; background: #eef6f1; color: #1c2733; }
ol.gp-steps .done b::before { content: "✓ "; color: #2f7d4f; }
ol.gp-steps .now { border-color: #1f4e79; background: #e1ebf5; color: #12324f; }
ol.gp-steps .now b::before { content: "▶ "; font-size: .75em; }
ol.gp-steps .back { border-color: #c1272d; background: #fbecec; color: #7a1216; }
ol.gp-steps .back b::before { content: "✕ "; }
[class*="st-key-stage-"] button { padding: 0; }
@media (max-width: 640px) { ol.gp-steps { flex-direction: column; } }
</style>"""
"""The path of a version to being in force."""
WALL = """<style>
[data-testid="stSidebar"], header[data-testid="stHeader"], [data-testid="stToolbar"],
[data-testid="stSidebarCollapsedControl"], [data-testid="stExpandSidebarButton"] {
  display: none !important; }
html, body, .stApp, [data-testid="stMain"] { overflow: hidden !important; }
.gp-wall { position: fixed; inset: 0; z-index: 9999; background: #fff; color: #1c2733;
  box-sizing: border-box; padding: 1em 1.5em .7em; font-size: min(1.02vw, 1.82vh);
  display: grid; gap: .7em 1.6em; overflow: hidden; grid-template-columns: 1.06fr 1fr;
  grid-template-rows: auto auto auto minmax(0, 1fr) auto auto; }
.gp-wall > .whole { grid-column: 1 / -1; }
.gp-wall .gp-head { display: flex; align-items: baseline; gap: 1.2em;
  border-bottom: 1px solid #d5dbe3; padding-bottom: .4em; }
.gp-wall .gp-head b { font-size: 1.9em; } .gp-wall .gp-head span { font-size: 1.2em; }
.gp-wall .gp-line { font-size: 1.4em; } .gp-wall .gp-figures strong { font-size: 2.4em; }
.gp-wall .map { min-height: 0; display: flex; }
.gp-wall .map img { object-fit: contain; object-position: top; max-height: 100%; }
.gp-wall .tables { grid-row: 4 / 6; grid-column: 2; min-height: 0; overflow: hidden; }
.gp-wall .gp-table th, .gp-wall .gp-table td { line-height: 1.3; padding: var(--pad) .35em; }
.gp-wall .gp-table td.bar { width: 30%; min-width: 5em; }
.gp-wall .gp-scroll { overflow: hidden; }
</style>"""
"""Everything on one screen: letters by the size of the screen, nothing to press."""

"""The style sheet of the briefing. Colours by role and sizes by name are filled in; braces of CSS are doubled."""

SHEET = """
.stApp {{ background: {page}; color: {ink}; }}
.st-key-screen {{ gap: 12px; }}
.st-key-panels {{ display: grid; gap: 16px; align-items: stretch; }}
.st-key-panels > div {{ min-width: 0; width: 100%; height: auto; display: flex; }}
[class*="st-key-panel_"] {{ background: {surface}; border: 1px solid {line}; border-radius: 8px; padding: 16px;
  gap: 8px; min-height: {height}; color: {ink}; line-height: 1.3; }}
.b, .b-head, .b-said, .b-foot {{ font-variant-numeric: tabular-nums; color: {ink}; line-height: 1.3; }}
.b {{ font-size: {label}px; }}
.b div, .b span {{ min-width: 0; }}
.b .act, .b-said .act {{ color: {act}; }}
.b .red, .b-said .red {{ color: {red}; }}
.b .ink2, .b .b-under, .b .b-what {{ color: {ink2}; }}
.b .ink3, .b .b-note {{ color: {ink3}; }}
.b .b-under, .b .b-what, .b .b-note, .b .small {{ font-size: {small}px; }}
.b .b-under {{ white-space: nowrap; margin-top: 2px; }}
.b-icon {{ font-family: 'Material Symbols Rounded'; font-style: normal; font-weight: 400; font-size: 1.15em;
  line-height: 1; vertical-align: -0.18em; white-space: nowrap; letter-spacing: normal; text-transform: none;
  font-feature-settings: 'liga'; }}
.b-pill {{ border-radius: 4px; padding: 2px 7px; white-space: nowrap; background: {sunk}; color: {ink2};
  font-size: {small}px; font-weight: 400; }}
.b-pill .b-icon {{ margin-right: 3px; }}
.b-pill.pri {{ background: {pri_tint}; color: {pri}; }}
.b-pill.act {{ background: {act_tint}; color: {act}; }}
.b-pill.red {{ background: {red_tint}; color: {red}; }}
.b-pill.red.solid {{ background: {red_solid}; color: {red_on}; }}
.b-head {{ display: grid; grid-template-columns: 1fr auto 1fr; align-items: center; column-gap: 24px; }}
.b-head .b-date {{ white-space: nowrap; }}
.b-head > div {{ display: flex; align-items: center; gap: 16px; white-space: nowrap; }}
.b-head .b-status {{ justify-content: flex-end; gap: 20px; font-size: {head}px; color: {ink2}; }}
.b-head .b-status b {{ color: {ink}; }}
.b-head .b-name, .b-head .b-date {{ font-size: 32px; }}
.b-head .b-where {{ font-size: {head}px; color: {ink2}; }}
.b-head .b-pill {{ font-size: calc({head}px - 2px); padding: 4px 10px; }}
.b-mark {{ width: 32px; height: 32px; border-radius: 6px; background: {pri}; display: inline-flex; gap: 4px;
  align-items: flex-end; justify-content: center; padding-bottom: 7px; box-sizing: border-box; }}
.b-mark i {{ width: 4px; background: {surface}; max-height: 18px; }}
.b-said > div {{ display: flex; align-items: center; gap: 16px; line-height: 1.5; }}
.b-said .b-when {{ background: {pri_tint}; color: {pri}; border-radius: 4px; padding: 0 10px; font-size: 0.62em;
  line-height: 1.7; white-space: nowrap; text-align: center; box-sizing: border-box; flex: none; }}
.b-foot {{ display: flex; flex-wrap: wrap; gap: 4px 28px; font-size: 16px; color: {ink2}; }}
.b-title {{ display: flex; align-items: center; gap: 8px; font-size: {title}px; font-weight: 700;
  white-space: nowrap; }}
.b-title span {{ flex: none; width: 1.15em; height: 1.15em; border-radius: 50%; background: {pri}; color: {surface};
  font-size: 0.9em; text-align: center; line-height: 1.15em; }}
.b-keys {{ display: flex; align-items: flex-start; justify-content: space-between; gap: 4px; margin-top: 4px; }}
.b-key {{ white-space: nowrap; }}
.b-key > b {{ font-size: {key}px; }}
.b-key > b {{ line-height: 1.2; }}
.b-key.second > b {{ font-size: {second}px; line-height: calc({key}px * 1.2); }}
.b-key > span {{ margin-left: 4px; font-size: {label}px; color: {ink2}; }}
.b-key.red > b, .b-key.red > span {{ color: {red}; }}
.b-key.act > b, .b-key.act > span {{ color: {act}; }}
.b-line {{ display: flex; justify-content: space-between; align-items: baseline; gap: 8px; white-space: nowrap; }}
.b-open {{ display: grid; grid-template-columns: auto minmax(0, 1fr) auto auto; gap: 8px; align-items: center;
  box-sizing: border-box; white-space: nowrap; }}
.b-open > .small {{ white-space: normal; line-height: 1.08; }}
.b-rule {{ border-top: 1px solid {line}; padding-top: 6px; }}
.b-dots {{ display: grid; align-items: center; }}
.b-dots > div {{ display: grid; grid-template-columns: minmax(0, 1fr) repeat(3, 42px); align-items: center;
  border-radius: 4px; padding-left: 4px; }}
.b-dots > div > span {{ text-align: center; }}
.b-dots > div > span:first-child {{ text-align: left; line-height: 1.05; overflow-wrap: anywhere; }}
.b-dots .owed {{ background: {red_tint}; color: {red}; font-weight: 700; }}
.b-dots .head {{ color: {ink2}; font-size: {small}px; white-space: nowrap; }}
.b-dot {{ display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: {mark}; }}
.b-legend {{ display: grid; grid-template-columns: 1fr 1fr; gap: 2px 4px; font-size: {small}px; color: {ink2};
  white-space: nowrap; }}
.b-legend > span > :first-child {{ display: inline-block; text-align: center; margin-right: 3px; }}
.b-call {{ background: {red_tint}; border-radius: 4px; padding: 8px; font-size: {small}px; color: {ink}; }}
.b-call > b {{ color: {red}; }}
.b-rank {{ display: grid; grid-template-columns: 40px minmax(0, 60px) 86px minmax(0, 1fr) 40px 18px; column-gap: 4px;
  align-items: center; }}
.b-rank.row {{ border-top: 1px solid {line}; }}
.b-rank .n {{ text-align: right; line-height: 1.12; white-space: nowrap; }}
.b-rank .name {{ font-weight: 700; line-height: 1.1; overflow-wrap: anywhere; }}
.b-rank .tie {{ line-height: 1; white-space: nowrap; }}
.b-plot {{ position: relative; align-self: stretch; }}
.b-plot > i {{ position: absolute; top: calc(50% - 9px); height: 18px; background: {pri_mid}; border-radius: 2px; }}
.b-plot > em {{ position: absolute; top: -1px; bottom: 0; border-left: 2px dashed {ink2}; }}
.b-plot > span {{ position: absolute; background: {surface}; top: calc(50% - 0.65em); right: 0; white-space: nowrap; }}
.b-same {{ position: relative; align-self: stretch; }}
.b-same > b {{ position: absolute; top: -0.75em; left: 0; color: {ink2}; font-weight: 400; }}
.b-middle {{ display: flex; flex-wrap: wrap; gap: 0 18px; color: {ink2}; padding: 5px 0; border-top: 1px solid {line};
  font-size: {small}px; line-height: 1.5; white-space: nowrap; }}
.b-matter {{ display: grid; grid-template-columns: 22px minmax(0, 1fr); border-top: 1px solid {line}; padding: 9px 0; }}
.b-matter b {{ overflow-wrap: anywhere; }}
.b-matter .b-pill {{ display: inline-block; margin-top: 4px; }}
.st-key-foot button p {{ font-size: 16px; color: {ink2}; }}
"""

# On the wall: no chrome, everything in one screen of 1920 × 1080 (smaller screens scroll rather than cut).
WALL = """
[data-testid="stHeader"], [data-testid="stSidebar"], [data-testid="stToolbar"], [data-testid="stDecoration"],
[data-testid="stStatusWidget"], .st-key-account {{ display: none; }}
[data-testid="stMainBlockContainer"] {{ padding: 0; }}
.st-key-screen, [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: 0; }}
.st-key-screen {{ text-rendering: geometricPrecision; width: 1872px; margin: 0 auto; flex: none; }}
.st-key-screen > div:first-child .b-head {{ height: 72px; margin: 0 -24px; padding: 0 24px; background: {surface};
  border-bottom: 1px solid {line}; }}
.b-said {{ height: 128px; display: flex; flex-direction: column; justify-content: center; white-space: nowrap; }}
.st-key-panels {{ grid-template-columns: {columns}; }}
.st-key-foot {{ height: 56px; }}
[data-testid="stElementContainer"]:has(.st-key-style_page), [data-testid="stDialog"] {{ display: none; }}
[data-stale] {{ opacity: 1 !important; transition: none !important; }}
.st-key-foot > * {{ flex: 0 0 auto; width: auto; }}
.st-key-foot > :first-child {{ flex: 1 1 0; min-width: 0; }}
.b-foot {{ line-height: 1.25; }}
.st-key-stage {{ zoom: {stage}; min-height: {stage_height}px; background: {surface}; border: 1px solid {line};
  border-radius: 8px; padding: 16px; gap: 8px; color: {ink}; line-height: 1.3; }}
.b-legend.wide {{ display: flex; gap: 28px; }}
.b-cols {{ display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 32px; }}
.b-top {{ display: flex; align-items: center; gap: 32px; height: 64px; }}
.b-apart {{ display: flex; gap: 48px; margin-top: 8px; }}
.st-key-stage .b-rank {{ grid-template-columns: 40px minmax(0, 92px) 92px minmax(0, 1fr) 44px 18px; }}
.st-key-stage .b-dots > div {{ grid-template-columns: minmax(0, 1fr) repeat(3, 56px); }}
"""


def scales() -> str:
    """The wall is drawn for 1920 × 1080 and scaled as a whole to the screen it hangs on (braces doubled, as above)."""
    steps = (
        f"@media (min-width: {width}px) and (min-height: {width * 9 // 16 - 1}px) "
        f"{{{{ .st-key-screen {{{{ zoom: {width / 1920:.4f}; }}}} }}}}"
        for width in range(1280, 3841, 40)
    )
    return ".st-key-screen {{ zoom: 0.6667; }} " + "".join(steps)


WORKING = """
.b-said {{ background: {surface}; border: 1px solid {line}; border-radius: 8px; padding: 6px 16px; }}
.st-key-panels {{ grid-template-columns: {columns}; }}
@media (max-width: 1700px) {{ .st-key-panels {{ grid-template-columns: repeat(3, minmax(0, 1fr)); }} }}
@media (max-width: 1000px) {{ .st-key-panels {{ grid-template-columns: minmax(0, 1fr); }} }}
"""

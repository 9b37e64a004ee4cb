"""What programs read of the whole is what the pages say; and where readers report errors, the build says."""

import json
import re
from html import unescape
from pathlib import Path

from convnotes.notes.navigation import navigation
from convnotes.site import machines

TAG = re.compile(r"<(?:svg|script)\b.*?</(?:svg|script)>|<[^>]+>", re.S)


def flat(text: str) -> str:
    """Text without spaces, and with one form of each sign."""
    return re.sub(r"\s", "", text)


def test_every_fact_stands_on_its_page(built_site: Path) -> None:
    said = json.loads((built_site / machines.FACTS).read_text("utf-8"))
    html: dict[str, str] = {}
    missing = []
    for fact in said["facts"]:
        page, _, anchor = fact["anchor"].partition("#")
        if page not in html:
            text = (built_site / page / "index.html").read_text("utf-8")
            html[page], html[f"{page} text"] = text, flat(unescape(TAG.sub("", text)))
        shown = f"{fact['value']:,}" if "unit" in fact else flat(fact["session"].splitlines()[0])
        if f'id="{anchor}"' not in html[page] or shown not in html[f"{page} text"]:
            missing.append(fact)
    assert missing == [] and len(said["facts"]) > 500
    assert all(
        {"what", "value", "unit", "variant", "anchor"} == fact.keys() for fact in said["facts"] if "unit" in fact
    )


def test_every_page_is_listed_for_programs(built_site: Path) -> None:
    links = re.findall(r"^- \[.+?\]\((.+?)\)", (built_site / machines.LIST).read_text("utf-8"), re.M)
    assert len(links) == len(navigation())
    assert [link for link in links if not (built_site / link / "index.html").is_file()] == []

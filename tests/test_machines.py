"""What programs read of the whole is what the pages say; and where readers report errors, the build says."""

import json
import re
from html import unescape
from pathlib import Path

from convnotes.notes.navigation import navigation
from convnotes.site import machines
from tests import small

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
        shown = f"{fact['value']:,}" if "unit" in fact else (fact.get("session") or fact["what"]).splitlines()[0]
        if f'id="{anchor}"' not in html[page] or flat(shown) not in html[f"{page} text"]:
            missing.append(fact)
    assert missing == [] and len(said["facts"]) > 500
    tables = {fact["anchor"]: fact for fact in said["facts"] if "columns" in fact}
    kept = tables["aliasing/#fig-class-kept"]  # measured
    assert len(tables) > 100 and len(kept["columns"]) == len(kept["rows"][0])
    text = html["aliasing/ text"]
    assert all(flat(str(cell)) in text for row in kept["rows"] for cell in row)
    assert all(
        {"what", "value", "unit", "variant", "anchor"} == fact.keys() for fact in said["facts"] if "unit" in fact
    )


def test_every_page_is_listed_for_programs(built_site: Path) -> None:
    links = re.findall(r"^- \[.+?\]\((.+?)\)", (built_site / machines.LIST).read_text("utf-8"), re.M)
    assert len(links) == len(navigation())
    assert [link for link in links if not (built_site / link / "index.html").is_file()] == []


EXHIBIT = "# Convolution\n\n```exhibit\nreceptive_field.five_3x3\n```\n"


def test_readers_report_where_the_settings_say(tmp_path: Path) -> None:
    for setting, wanted in (
        ("repository: https://example.org/a", "https://example.org/a/issues/new?title=Error%20at%20convolution%2F"),
        ("mail: notes@example.org", "mailto:notes@example.org?subject=Error%20at%20convolution%2F"),
    ):
        small.write(tmp_path, {"index.md": "# Small\n", "convolution.md": EXHIBIT})
        (tmp_path / "mkdocs.yml").write_text((tmp_path / "mkdocs.yml").read_text() + f"extra:\n  {setting}\n")
        done = small.run(tmp_path, "mkdocs", "build", "--strict")
        assert done.returncode == 0 and f"Readers report errors {'at' if 'http' in wanted else 'to'}" in done.stderr
        html = (tmp_path / "site/convolution/index.html").read_text("utf-8")
        assert wanted in unescape(html) and f"{wanted}%23fig-five-3x3" in unescape(html)
    small.write(tmp_path, {"index.md": "# Small\n", "convolution.md": EXHIBIT})
    done = small.run(tmp_path, "mkdocs", "build", "--strict")
    assert "Readers are offered no way to report an error: set extra.repository or extra.mail" in done.stderr
    html = (tmp_path / "site/convolution/index.html").read_text("utf-8")
    assert "Report" not in html and "issues/new" not in html and "Edit this page" not in html
    assert (tmp_path / "site/assets/exhibits/receptive_field.py.txt").is_file()

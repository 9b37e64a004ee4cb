"""`python -m convnotes.site FOLDER`: the downloads and the feed of a site that another generator has built."""

import sys
from pathlib import Path

from convnotes.notes.page import DOCS
from convnotes.site.feed import write_feed
from convnotes.site.figures import write_downloads

site = Path(sys.argv[1])
write_feed(site, DOCS, "")
for written in write_downloads(site):
    print(written)

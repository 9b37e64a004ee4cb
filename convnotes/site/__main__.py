"""`python -m convnotes.site FOLDER`: the downloads of a site that another generator has built."""

import sys
from pathlib import Path

from convnotes.site.figures import write_downloads

for written in write_downloads(Path(sys.argv[1])):
    print(written)

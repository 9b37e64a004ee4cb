"""`python -m convnotes.notes`: what is kept of the notes is made again, after new pages, headings or a release.

New pages and anchors are added to the list of those published, and none is taken away; the record of what can be cited
is written. `python -m convnotes.notes ADDRESS` first gives this version the permanent address at which it will stand,
in CITATION.cff, as publishing does. `--repository ADDRESS` says where the sources are and errors are reported: in
mkdocs.yml, CITATION.cff and README.md.
"""

import sys

from convnotes.notes import addresses, record

match sys.argv[1:]:
    case ["--repository", address]:
        record.give_repository(address)
    case given:
        for address in given:
            record.give(address)
addresses.add()
record.write()

"""`python -m convnotes`."""

import sys

from convnotes.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m convnotes`."""

import sys

from convnotes.cli import main

sys.exit(main())

"""Settings that every test shares."""

from hypothesis import settings

# The same examples in every run, and no verdict that depends on how busy the machine is.
settings.register_profile("notes", derandomize=True, deadline=None, database=None)
settings.load_profile("notes")

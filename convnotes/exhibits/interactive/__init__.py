"""The interactives' other half: the grammar of each one's state, and what it must show in each.

Every module has `GRAMMAR`, whose text its script shares, `parse`, `form` and `reading`. The browser is compared with
`reading`, which asks the package; so an interactive shows what the package computes, or a test fails.
"""

"""What the chapters show: one module per chapter, one function without arguments per exhibit.

The first paragraph of an exhibit's docstring is its caption, the second its alternative text.
"""

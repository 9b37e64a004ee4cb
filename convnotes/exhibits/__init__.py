"""What the chapters show: one module per chapter, one function per exhibit.

The first paragraph of an exhibit's docstring is its caption, the second its alternative text. A function may take
words as arguments, given in the fence after its name; {braces} in the docstring hold them.
"""

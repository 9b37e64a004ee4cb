"""The words of output: numbers, tables, markup, LaTeX, and the forms in which a thing is written."""

"""Exercises by chapter and level, drawn by a seed: question, answer, solution, and the usual mistakes with reasons.

`catalogue.sheet` draws a sheet, `formats.write` writes it. To add a kind, write a function of a chapter's module that
takes `Draws` and returns a `Problem`, and name it in `KINDS` there; tests/solvers.py wants an independent solution.
"""

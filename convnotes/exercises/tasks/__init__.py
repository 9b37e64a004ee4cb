"""Tasks to be solved in code: a text, code to start from, a solution, calls whose answers the package computes.

A module for each chapter names its tasks in `TASKS` and is found by that; `catalogue` has them all. `marking` runs what
somebody wrote, in the page or for a class. A usual mistake is an edit of the solution, so that its answers are known.
"""

"""Kinds that ask why: no number is asked for, but what is true and for which reason. One module for some chapters."""

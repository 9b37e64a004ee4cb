"""What the states of all interactives have in common."""


def clamp(what: str, value: int, least: int, most: int, words: list[str]) -> int:
    """`value` kept between `least` and `most`; if that changed it, `words` gains a sentence that says so.

    >>> words = []
    >>> clamp("kernel", 3, 1, 11, words), clamp("kernel", 40, 1, 11, words)
    (3, 11)
    >>> words
    ['kernel 40 is outside 1 to 11: shown is 11.']
    """
    kept = max(least, min(most, value))
    if kept != value:
        words.append(f"{what} {value} is outside {least} to {most}: shown is {kept}.")
    return kept

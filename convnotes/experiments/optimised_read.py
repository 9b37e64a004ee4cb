"""What three readers saw in the optimised inputs of classes, shuffled, under coded names, with those of random weights.

The readers are programs that describe pictures, not people. Each was asked of every picture what, if anything, it sees,
in one or two words, or "nothing". Which words name a class was written down before the first answer.
"""

NAMES = {
    "Egyptian cat": ("cat", "kitten"),
    "espresso": ("espresso", "coffee", "cup", "latte", "mug"),
    "palace": ("palace", "castle", "temple", "church", "cathedral", "pagoda", "building", "tower"),
    "daisy": ("daisy", "flower"),
    "flamingo": ("flamingo", "bird"),
    "monarch": ("monarch", "butterfly", "moth"),
    "balloon": ("balloon",),
    "pizza": ("pizza",),
}
SEEN = {  # with the weights of ImageNet: by the first reader, the second, the third
    "Egyptian cat": ("spotted cat", "spotted cat", "spotted cat"),
    "espresso": ("eye-like swirls", "foam bubbles", "nothing"),
    "palace": ("tower", "tower", "Eiffel Tower"),
    "daisy": ("daisy flower", "daisy flower", "daisy flower"),
    "flamingo": ("flamingos", "flamingos", "flamingos"),
    "monarch": ("butterfly, flowers", "butterfly, flowers", "monarch butterfly"),
    "balloon": ("balloons", "air balloons", "hot-air balloons"),
    "pizza": ("pizza", "dog snout", "dog"),
}
SEEN_RANDOM = dict.fromkeys(SEEN, ("nothing",) * 3)  # with random weights


def named(seen: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """How many readers named what each picture was made for.

    >>> named(SEEN)["pizza"], sum(named(SEEN_RANDOM).values())
    (1, 0)
    """
    return {wish: sum(any(name in words.lower() for name in NAMES[wish]) for words in seen[wish]) for wish in seen}

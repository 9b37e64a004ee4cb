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
READ = {  # by the code of a picture, in the order of the codes: what the first, the second and the third reader saw
    289: ("spotted cat", "spotted cat", "spotted cat"),
    294: ("eye-like swirls", "foam bubbles", "nothing"),
    562: ("nothing", "nothing", "nothing"),
    563: ("daisy flower", "daisy flower", "daisy flower"),
    576: ("pizza", "dog snout", "dog"),
    587: ("tower", "tower", "Eiffel Tower"),
    620: ("nothing", "nothing", "nothing"),
    624: ("nothing", "nothing", "nothing"),
    673: ("nothing", "nothing", "nothing"),
    701: ("flamingos", "flamingos", "flamingos"),
    744: ("balloons", "air balloons", "hot-air balloons"),
    899: ("nothing", "nothing", "nothing"),
    923: ("nothing", "nothing", "nothing"),
    975: ("nothing", "nothing", "nothing"),
    977: ("butterfly, flowers", "butterfly, flowers", "monarch butterfly"),
    986: ("nothing", "nothing", "nothing"),
}
MADE = {  # by the same code: the class that the picture was made for, and whether with the weights of ImageNet
    289: ("Egyptian cat", True),
    294: ("espresso", True),
    562: ("Egyptian cat", False),
    563: ("daisy", True),
    576: ("pizza", True),
    587: ("palace", True),
    620: ("espresso", False),
    624: ("palace", False),
    673: ("daisy", False),
    701: ("flamingo", True),
    744: ("balloon", True),
    899: ("monarch", False),
    923: ("pizza", False),
    975: ("flamingo", False),
    977: ("monarch", True),
    986: ("balloon", False),
}


def seen(trained: bool) -> dict[str, tuple[str, ...]]:
    """What the three readers saw in the picture of each class, with the weights of ImageNet or with random ones.

    >>> seen(trained=True)["pizza"], seen(trained=False)["pizza"]
    (('pizza', 'dog snout', 'dog'), ('nothing', 'nothing', 'nothing'))
    """
    codes = {wish: code for code, (wish, known) in MADE.items() if known == trained}
    return {wish: READ[codes[wish]] for wish in NAMES}


def named(told: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """How many readers named what each picture was made for.

    >>> named(seen(trained=True))["pizza"], sum(named(seen(trained=False)).values())
    (1, 0)
    """
    return {wish: sum(any(name in words.lower() for name in NAMES[wish]) for words in told[wish]) for wish in told}

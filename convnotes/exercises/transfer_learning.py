"""Exercises on starting from a trained network: what learns, what is read how often, how good a measured share is."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from convnotes.cost import parameters
from convnotes.exercises.answers import written
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Mistake, Problem, explain
from convnotes.layers import Linear

CHAPTER = "transfer-learning"
FEATURES = (512, 576, 960, 1024, 1280, 1664, 2048)


def new_head(draws: Draws) -> Problem:
    """The numbers that learn when a network is frozen and gets a new head."""
    features, classes, old = draws.pick(FEATURES), draws.whole(3, 60), draws.pick((100, 365, 1000))
    total = parameters(Linear(features, classes))
    return Problem(
        {"features": features, "classes": classes, "old": old},
        f"A network for {old:,} classes ends in `Linear({features}, {old})`. All its weights are frozen. Then the head "
        f"is replaced by one for {classes} classes. How many numbers learn, biases included?",
        total,
        [
            f"A weight for each feature and class: ${features:,}·{classes} = {features * classes:,}$.",
            f"And a bias for each class: ${features * classes:,} + {classes} = {total:,}$",
        ],
        [
            Mistake(features * classes, "left out the biases", "Each class has one."),
            Mistake(features * old + old, "counted the old head", "It is gone, with its weights."),
            Mistake(features * classes + features, "gave each feature a bias", "A bias belongs to an output."),
            Mistake(features * classes + classes + features * old + old, "kept the old head", "It is replaced."),
            Mistake(features + classes, "added features and classes", "Every pair of them has a weight."),
        ],
        "numbers",
    )


def images_read(draws: Draws) -> Problem:
    """How many images the frozen network reads."""
    images, tested, rounds = 10 * draws.whole(5, 200), 10 * draws.whole(5, 60), draws.whole(5, 60)
    kept = draws.pick((True, False))
    way = "The features of every image are kept" if kept else "Features are computed anew each time, and not kept"
    total = images + tested if kept else images * rounds + tested
    return Problem(
        {"images": images, "tested": tested, "rounds": rounds, "kept": kept},
        f"A frozen network gets a new head. The head is trained on {images:,} images, {rounds} times through all of "
        f"them, and then tested once on {tested} others. {way}. How many images does the frozen network read in all?",
        total,
        [
            "A frozen network gives the same features each time, so one reading of an image is enough."
            if kept
            else f"In training: ${rounds}·{images:,} = {images * rounds:,}$.",
            f"With those to test: ${images if kept else images * rounds:,} + {tested} = {total:,}$",
        ],
        [
            Mistake(images * rounds + tested, "read every image again", "Its features are kept."),
            Mistake(images + tested, "read every image once", "Nothing is kept here."),
            Mistake(total - tested, "left out the test images", "They have features too, and no others do."),
            Mistake((images + tested) * rounds, "tested as often as trained", "The test is made once."),
            Mistake(images * rounds, "counted the training alone", "The test images are read as well."),
        ],
        "images",
    )


def test_images(draws: Draws) -> Problem:
    """How many test images a share takes to be known so well."""
    share, points = Fraction(draws.pick((50, 60, 70, 80, 90, 95)), 100), draws.pick((1, 2, 3, 4, 5, 8, 10))
    width = Fraction(points, 100)
    spread = share * (1 - share)
    exact = 4 * spread / width**2
    right = ceil(exact)
    if right < 10:
        raise Redraw
    percent, squared = int(100 * share), written(spread)
    return Problem(
        {"share": share, "points": points},
        f"A network is right about {percent} times in 100. Its share is to be measured to ± {points} "
        f"point{'s' * (points > 1)}, and ± means two standard errors. How many test images does that take at least?",
        right,
        [
            f"The standard error is $√(p(1 − p)/n)$ with $p(1 − p) = {squared}$.",
            f"Twice that is at most {written(width)}: $n ≥ 4·{squared}/({written(width)})² = {written(exact)}$. "
            f"So $n = {right:,}$",
        ],
        [
            Mistake(ceil(spread / width**2), "took one standard error", "± means two of them here."),
            Mistake(ceil(2 * spread / width**2), "did not square the two", "The 2 is outside the root: it is squared."),
            Mistake(ceil(4 * spread / width), "did not square the points", "The error falls with the root of $n$."),
            Mistake(ceil(4 * share / width**2), "left out the wrong answers", "The spread is $p(1 − p)$, not $p$."),
            Mistake(ceil(1 / width), "turned the points over", "Twice as exact takes four times as many images."),
        ],
        "images",
    )


def same_error(draws: Draws) -> Problem:
    """By how much a measured share gets better known with more test images."""
    images, factor, points = draws.pick((50, 100, 200, 250, 400, 500)), draws.pick((2, 3, 4, 5)), draws.pick((1, 2, 3))
    right = images * factor**2
    return Problem(
        {"images": images, "factor": factor, "points": points * factor},
        f"On {images} test images a share is good to ± {points * factor} points. How many test images does it take "
        f"for ± {points} point{'s' * (points > 1)}?",
        right,
        [
            f"The error is to be {factor} times smaller, and it falls with the root of the number of images.",
            f"So ${factor}² = {factor**2}$ times as many: ${factor**2}·{images} = {right:,}$",
        ],
        [
            Mistake(images * factor, "took as many times more images", "The error falls with the root of the number."),
            Mistake(images * factor**2 - images, "counted those to be added", "The question is how many in all."),
            Mistake(images * factor**3, "cubed the factor", "It is a square root that is undone."),
            Mistake(-(-images // factor), "divided", "Fewer images make the error larger."),
        ],
        "images",
    )


# The sections that teach what is asked.
HEAD = "transfer-learning.md#ex-new-head"
OWN = "transfer-learning.md#your-own"
KINDS = (
    Kind("smaller-error", CHAPTER, "recall", "Better known", same_error, OWN),
    Kind("new-head", CHAPTER, "compute", "What learns in a new head", new_head, HEAD),
    Kind("images-read", CHAPTER, "compute", "What a frozen network reads", images_read, HEAD),
    Kind("new-head-mistake", CHAPTER, "explain", "A head counted wrongly", explain(new_head), HEAD),
    Kind("test-images", CHAPTER, "design", "A test set that is large enough", test_images, OWN),
)

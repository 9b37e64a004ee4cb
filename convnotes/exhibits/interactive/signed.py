"""Signed values as text and as shades, by integer arithmetic alone: so Python and the scripts agree to the digit."""

SHADES = 8  # of each sign, beside the neutral grey of zero


def decimal(numerator: int, denominator: int = 1, places: int = 2) -> str:
    """The quotient to `places` decimals, halves away from zero, without zeros at the end, with a real minus sign.

    >>> decimal(-13, 4), decimal(1, 3), decimal(200, 100), decimal(1, 8, 2), decimal(-1, 1000)
    ('−3.25', '0.33', '2', '0.13', '0')
    """
    scale = 10**places
    parts = (2 * abs(numerator) * scale + denominator) // (2 * denominator)
    whole, rest = divmod(parts, scale)
    digits = str(rest).zfill(places).rstrip("0") if rest else ""
    return ("−" if numerator < 0 and parts else "") + str(whole) + (f".{digits}" if digits else "")


def short(numerator: int, denominator: int = 1) -> str:
    """The quotient in at most three digits where it has a fraction: what fits a cell.

    >>> short(-9, 4), short(-81, 4), short(729), short(1001, 2)
    ('−2.25', '−20.3', '729', '501')
    """
    size = abs(numerator) // denominator
    return decimal(numerator, denominator, 2 if size < 10 else 1 if size < 100 else 0)


def exact(numerator: int, denominator: int, places: int = 2) -> bool:
    """Whether `decimal` leaves nothing away.

    >>> exact(13, 4), exact(1, 3)
    (True, False)
    """
    return not numerator * 10**places % denominator


def shade(value: int, most: int) -> int:
    """The shade of `value`, from −SHADES to SHADES, where `most` has the last; halves away from zero.

    >>> [shade(value, 9) for value in (-9, -1, 0, 4, 5, 90)]
    [-8, -1, 0, 4, 4, 8]
    """
    size = min(SHADES, (2 * SHADES * abs(value) + most) // (2 * most)) if most else 0
    return -size if value < 0 else size


def letter(shade: int) -> str:
    """One letter for a shade, a small one below zero; a dot for none.

    >>> letter(0), letter(3), letter(-3)
    ('.', 'C', 'c')
    """
    return "." if not shade else chr((64 if shade > 0 else 96) + abs(shade))


def look(shade: int, plain: bool) -> tuple[str, float] | None:
    """The role and the opacity of a shade, as drawings take it; `plain` where there is nothing below zero.

    >>> look(-4, plain=False), look(8, plain=True), look(0, plain=True)
    (('neg', 0.5), ('ink', 1.0), None)
    """
    role = "ink" if plain else "neg" if shade < 0 else "pos"
    return (role, abs(shade) / SHADES) if shade else None

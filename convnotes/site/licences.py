"""Whose works the figures show and what may be done with them: the text that goes with the archive of all figures."""

import csv

from convnotes.citing.record import work
from convnotes.site.exhibits import files

PHOTOGRAPHS = "feature_visualization.photographs_asked"  # the exhibit whose data name them all
TEXT = """\
Figures of convnotes {version}: drawings (.svg), their data (.csv) and pictures made of pixels (.webp, .png), each named
by chapter and figure. They are under CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
Name the source, and say what you changed.

Some show works by others. Where you show one of those, name its author and its licence too.

Photographs, whole or in pieces, in pictures and in drawings:
{photographs}
Many figures say in their caption or their data which of them they show. The others may show pieces of any: name all.

Handwritten digits, in receptive_field.lecture_windows and the figures called walk: MNIST, by Y. LeCun, C. Cortes and
C. J. C. Burges. CC BY-SA 3.0

Garments, in transfer_learning.both_tasks, on pieces of the photographs: Fashion-MNIST, by H. Xiao, K. Rasul and
R. Vollgraf (Zalando). MIT, Copyright (c) 2017 Zalando SE

Licences:
CC0           https://creativecommons.org/publicdomain/zero/1.0/
CC BY 2.0     https://creativecommons.org/licenses/by/2.0/
CC BY 3.0     https://creativecommons.org/licenses/by/3.0/
CC BY 4.0     https://creativecommons.org/licenses/by/4.0/
CC BY-SA 3.0  https://creativecommons.org/licenses/by-sa/3.0/
MIT           https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE
"""


def licences() -> str:
    """The text, with the photographs that the notes use.

    >>> print(*licences().splitlines()[7:9], sep="\\n")
    - "astronaut" by NASA, public domain (scaled), bundled with scikit-image
    - "camera" by Lav Varshney, CC0 (scaled), bundled with scikit-image
    """
    rows = csv.DictReader(files(PHOTOGRAPHS)["csv"].splitlines())
    listed = [
        f'- "{row["photograph"]}" by {row["author"]}, {row["licence"]} ({row["changed"]}), {row["source"]}'
        for row in rows
    ]
    return TEXT.format(version=work().version, photographs="\n".join(listed))

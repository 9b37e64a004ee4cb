"""Degradation in miniature, measured: shown in the chapter on architectures."""

from convnotes.exhibits.kit import Figure, Rows, Table
from convnotes.exhibits.plot import Axis, Plot
from convnotes.exhibits.svg import Drawing


def training_loss() -> Figure:
    """Measured: the loss on the *training* data at the end of training, for plain and residual stacks of equal depth.

    Across, 8 to 32 layers; upward, the loss on a logarithmic scale, with a bar for the interval over four seeds. The
    plain stacks gain nothing from 8 to 14 layers and are much worse at 20 and 32. The residual stacks get better all
    the way.
    """
    from convnotes.experiments import results
    from convnotes.experiments.intervals import interval

    kept = results.load("degradation")
    depths = kept["recipe"]["depths"]
    drawing = Drawing(380, 320)
    across, up = Axis(6, 34, depths, "layers"), Axis(0.003, 2, [0.01, 0.1, 1], "training loss", log=True, spec="g")
    plot = Plot(drawing, 40, 40, 262, 220, across, up)
    plot.axes()
    rows: Rows = []
    for kind, role in (("plain", "win"), ("residual", "see")):
        points = []
        for depth in depths:
            runs = [run["loss"] for run in kept["rows"] if run["kind"] == kind and run["depth"] == depth]
            found = interval(runs)
            low, high = (plot.at((depth, max(up.low, edge))) for edge in (found.low, found.high))
            drawing.line(*low, *high, role)
            points.append((depth, found.mean))
            rows.append([kind, depth, *found, ", ".join(map(str, runs))])
        plot.curve(points, role, kind)
        plot.dots(points, role)
    recipe = kept["recipe"]
    note = (
        f"3×3 convolutions of {recipe['width']} channels with batch norm on 1,400 bundled digits of 8×8; "
        f"{recipe['steps']} steps of {recipe['batch_size']}; mean loss of the last 20 steps; 95 % interval over "
        f"{len(recipe['seeds'])} seeds. "
        f"{kept['command']}, torch {kept['versions']['torch']}, {kept['cpu_seconds']} s."
    )
    return Figure(drawing, Table(["kind", "layers", "mean", "low", "high", "runs"], rows, note=note))

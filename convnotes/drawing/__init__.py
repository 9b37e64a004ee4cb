"""How exhibits are drawn: the SVG kit, plots, rows of cells, grids, charts, pictures, and the kinds of exhibit."""

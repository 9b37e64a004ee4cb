"""Arithmetic, architectures and exhibits behind the convnotes notes on convolutional networks."""

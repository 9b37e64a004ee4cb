"""What is measured rather than derived: real torch modules, run and asked. Everything here needs torch."""

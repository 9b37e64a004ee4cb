"""How to cite the notes: what there is to cite, and the texts, made without a network."""

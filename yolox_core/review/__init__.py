"""Label review: what a network and geometry make doubtful about labels, ranked, and what people decided about it."""

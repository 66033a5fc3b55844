"""Which generated images come from one generator, and whether two can be told apart at all."""

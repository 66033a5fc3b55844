"""Which of several training subsets a generated image comes from, or from none of them."""

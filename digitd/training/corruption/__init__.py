"""Parts of the corruptions of MNIST-C: `digitd.training.corrupt` says what they are and calls them by name."""

"""Plant faults in copies of the tree, one at a time, and see whether the tests find them."""

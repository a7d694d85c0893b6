"""The laboratory tested without any daemon: an observer that cannot see a fault would let every scenario pass."""

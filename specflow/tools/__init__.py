"""The foreign programs, each behind one module."""

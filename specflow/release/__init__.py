"""Release: the pack that goes to the archive, and the proof later that it is still what was put there."""

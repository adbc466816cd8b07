"""YAML as text: decoded, composed into a tree in which every value knows its place, and its faults explained."""

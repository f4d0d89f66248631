"""Controls: rules written once as YAML, loaded, evaluated, and turned into the answer of a gate.

`load.py` reads a control, `evaluate.py` gives its verdict on a resource, `strictness.py` the answer of a gate.
"""

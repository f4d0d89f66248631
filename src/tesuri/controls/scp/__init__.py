"""Service control policies: read, evaluated, checked, generated and explained.

`policy.py` reads one, `evaluate.py` answers a request, `organization.py` reads the tree, `lint.py` finds what is wrong.
"""

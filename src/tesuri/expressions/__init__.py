"""CEL, the language of controls, waiver scopes and ownership rules: text → IR → Python closures.

Start at `compile_expression` in `compile.py`; docs/controls.md says what of the language is understood.
"""

"""What a control looks at: one reader for each kind of input, all giving the same canonical resources.

Start at `terraform_plan.py`.
"""

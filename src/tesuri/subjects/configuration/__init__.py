"""Files of configuration that no control of ours looks at, in the shape that policies in Rego expect of them."""

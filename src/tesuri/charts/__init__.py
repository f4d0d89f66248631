"""Data to SVG text: classes only, no style, no script; each drawing has a title in words."""

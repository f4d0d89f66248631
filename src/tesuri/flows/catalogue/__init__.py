"""What is known of the controls: lists, pages, frameworks, coverage, cases."""

"""What can be asked of a site: one view a page."""

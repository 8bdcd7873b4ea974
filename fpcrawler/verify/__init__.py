"""Look again at images that may be copies: at their ends and at a few blocks."""

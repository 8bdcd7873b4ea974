"""Which images, pages and style sheets a document names."""

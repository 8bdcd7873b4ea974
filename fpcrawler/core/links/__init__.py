"""Find the images, pages and style sheets that a document links to."""

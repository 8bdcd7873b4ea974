"""Write feeds in the formats of case tools and of those who share what they saw."""

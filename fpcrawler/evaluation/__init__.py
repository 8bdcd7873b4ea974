"""``scrapy evaluate``: the groups of each method, checked against the whole files."""

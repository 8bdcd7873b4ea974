"""Item pipelines, cheap checks first, in the order of ITEM_PIPELINES."""

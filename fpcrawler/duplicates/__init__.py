"""Groups of images among the records of feeds, as ``core.verdicts`` judges pairs."""

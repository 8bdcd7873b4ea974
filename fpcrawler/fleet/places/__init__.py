"""Where shards and results are stored: a folder or an S3 bucket."""

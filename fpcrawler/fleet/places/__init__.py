"""Where shards and results lie: a folder, or a bucket that speaks S3."""

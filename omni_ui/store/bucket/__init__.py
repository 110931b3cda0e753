"""Results in an S3-compatible bucket."""

from omni_ui.store.bucket.files import BucketFiles

__all__ = ["BucketFiles"]

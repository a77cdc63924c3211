"""What browsers see of S3: static websites, uploads by forms, and what a bucket lets pages of other origins do."""

from fakeaws.services.s3.web.websites import visit_website

__all__ = ["visit_website"]

"""Endpoints of the app, page by page: what stands here needs rows of several apps."""

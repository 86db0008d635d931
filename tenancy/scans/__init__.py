"""Incoming pictures and PDF scans, for every app: what may come in, made harmless, with its facts.

Bytes only. Where a picture is kept and who may see it is decided by the caller; what is shown is always what this
package drew again, never the bytes that came.
"""

from tenancy.scans.pictures import Picture, read_picture, small_picture
from tenancy.scans.reading import Scan, clean_filename, read_scan
from tenancy.scans.unreadable import UnreadablePicture

__all__ = ["Picture", "Scan", "UnreadablePicture", "clean_filename", "read_picture", "read_scan", "small_picture"]

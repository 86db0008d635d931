"""Visits (督导), obligations of a quarter, issues and their way to the station and back."""

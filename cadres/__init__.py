"""Cadres in post and what they answer for: assignments (包保关系), responsibility lists, rosters."""

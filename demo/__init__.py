"""The trial installation: invented people and shops in two places, and a walk through one quarter over HTTP.

Places are named here on purpose; the apps themselves know none.
"""

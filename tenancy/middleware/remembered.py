"""What a session remembers beside who is signed in."""

# The post chosen, and the bound phone the session was begun on.
CHOSEN, DEVICE = "post", "device"
# That the second factor was shown, when something was last done, and how its person came in until that is written down.
FACTOR_SHOWN, SEEN, ARRIVED = "second-factor", "seen", "arrived"

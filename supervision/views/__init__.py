"""The pages of this app: fetch inside the wall, ask the policy, make one call down, answer."""

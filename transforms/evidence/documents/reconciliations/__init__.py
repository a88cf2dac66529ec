"""How lists are compared with each other and the profile: one SQL file per comparison."""

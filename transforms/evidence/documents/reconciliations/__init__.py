"""How lists are held against each other and the profile: one SQL file a comparison."""

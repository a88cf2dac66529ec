"""Lists a pack can carry, one SQL file each; a framework names the lists and the columns it asks for."""

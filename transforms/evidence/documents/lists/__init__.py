"""Lists a pack can contain, one SQL file each; a framework names the lists and columns it asks for."""

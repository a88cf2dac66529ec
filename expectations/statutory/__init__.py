"""The DfE's rules of the children in need census and of the SSDA903, one file each; found by walking this folder."""

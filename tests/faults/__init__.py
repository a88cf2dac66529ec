"""What happens when a run is killed or its storage fails, tested at every point where that can happen.

`world` is the tiny council and an undisturbed run on it, `forked` runs one attempt in its own process, `faulty_*` are
the ways to go wrong, `invariants` what must hold afterwards, `trials` one trial from fault to repair.
"""

"""What happens when a run is killed or its storage fails, tried at every place where it can.

`world` is the tiny council and what an undisturbed run makes of it, `forked` runs one attempt in a process of its own,
`faulty_*` are the ways to go wrong, `invariants` what must hold afterwards, `trials` one trial from fault to healing.
"""

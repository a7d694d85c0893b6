"""The laboratory: hosts in network namespaces on a bridge, faults, observers, and real daemons to put into them.

Only the Python standard library is used. Everything that is made here carries the process id of the maker in its name,
and is removed when the maker ends, in whatever way it ends (namespaces.sweep_stale finds what a killed run left).
"""

"""What must be true of real daemons, one file per theme. Everything is asserted from the kernels, the bridge and the
client; what the daemons say is checked against that.
"""

"""Small programs that the lab starts inside namespaces. Each takes one JSON argument, says {"ready": true} when it
works, and then answers each line of its input with one line of JSON. It ends when its input ends.
"""

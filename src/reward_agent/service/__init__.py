"""The HTTP door: `reward-agent serve`.

wire.py       our own endpoints' requests and replies          dialects/   other systems' protocols, one a file
"""

"""1. Which checks does this instruction need?"""

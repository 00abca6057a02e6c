"""Reward models in this process (extra `local`): torch and transformers as the user has them.

template.py   a prompt and a response -> token ids, by the model's own chat template
batches.py    which rows go through the model together; nothing but arithmetic
engine.py     collects what is asked at the same time, and hands batches to worker threads
forward.py    a batch -> numbers; the only file that computes with torch
load.py       a hub id or folder -> tokenizer, weights, devices
trial.py      which fast ways give the same as the model itself
"""

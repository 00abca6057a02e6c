"""Training on preference pairs: a thin door to TRL's DPOTrainer (the extra `train`).

pairs.py       pairs.jsonl -> pairs that can be trained on, and what is wrong with the others
checkpoint.py  tokenizer and chat template; which saved state a stopped run goes on from
trainer.py     settings -> DPOConfig -> DPOTrainer
curves.py      loss and reward margin by step, as JSON and as a picture
run.py         the job: all of it in a folder that resumes
"""

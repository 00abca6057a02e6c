"""What other systems send and expect, one file a protocol: models of the wire, and both ways of translation.

    evaluate.py   the reference's server      openrlhf.py   /get_reward      nemo_gym.py   /verify
    vllm.py       /classify and /score        chat_text.py  text that went through a chat template -> turns

None of them can say that a part of a score is missing, so each answers with whole scores or with an error.
"""

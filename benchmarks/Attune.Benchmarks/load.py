"""Loads a tokenizer.json once with the tokenizers library, in this fresh process, and prints the seconds of the load alone.

load.py TOKENIZER_JSON
"""
import json
import sys
import time

from tokenizers import Tokenizer

start = time.perf_counter()
tokenizer = Tokenizer.from_file(sys.argv[1])
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "tokens": tokenizer.get_vocab_size()}))

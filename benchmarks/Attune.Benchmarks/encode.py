"""Encodes a file's paragraphs (one a line, as JSON strings) with the tokenizers library, on one thread, and prints the best seconds.

encode.py TOKENIZER_JSON PARAGRAPHS REPEATS
"""
import json
import sys
import time

from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file(sys.argv[1])
tokenizer.no_truncation()
tokenizer.no_padding()
with open(sys.argv[2], encoding="utf-8") as file:
    texts = [json.loads(line) for line in file]
best, tokens = None, 0
for _ in range(int(sys.argv[3])):
    start = time.perf_counter()
    encodings = tokenizer.encode_batch(texts)
    seconds = time.perf_counter() - start
    best = seconds if best is None else min(best, seconds)
    tokens = sum(len(encoding.ids) for encoding in encodings)
print(json.dumps({"seconds": best, "tokens": tokens}))

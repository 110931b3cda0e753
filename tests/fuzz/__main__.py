"""`python -m tests.fuzz [COUNT] [SEED]`: damages small valid inputs and gives them to the readers.

Allowed are the readers' own sentences. Everything else, and memory beyond the bound, is a fault: it is counted, and the
first of each kind is printed with its seed.
"""

import sys

from tests.fuzz.readers import most_memory, run

if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    faults = run(count, seed, progress=True)
    print(f"{count} inputs, {sum(faults.values())} faults, {most_memory() / 2**20:.0f} MiB at most")
    for fault, times in faults.items():
        print(f"{times} × {fault}")
    sys.exit(bool(faults))

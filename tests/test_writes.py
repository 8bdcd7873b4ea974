"""What a program writes to files is seen, also what it deletes or hides."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.writes import needs_strace, traced, writes_of

PROGRAM = """
import mmap, os, shutil, socket, tempfile
with tempfile.TemporaryFile(dir=".") as file:
    file.write(b"deleted")
with open("a > b", "wb") as file:
    os.writev(file.fileno(), [b"one", b"two"])
    os.pwrite(file.fileno(), b"three", 6)
shutil.copyfile("a > b", "copy")
with open("mapped", "w+b") as file:
    file.truncate(9)
    mmap.mmap(file.fileno(), 9)[:5] = b"third"
for end in socket.socketpair():
    end.send(b"sent")
print("said")
"""


@needs_strace
@pytest.mark.untraced
def test_all_writes_to_files_are_seen(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    command = [*traced(trace), sys.executable, "-c", PROGRAM]
    subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.PIPE)
    writes = writes_of(trace)

    named = {Path(path).name: data for path, data in writes.files.items()}
    assert named.pop("a > b") == named.pop("copy") == b"onetwothree"
    assert [*named.values()] == [b"deleted"]
    assert writes.mapped == {str(tmp_path / "mapped")}

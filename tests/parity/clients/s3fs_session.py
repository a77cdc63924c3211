import contextlib
import sys

import s3fs

fs = s3fs.S3FileSystem(endpoint_url=sys.argv[1])
fs.mkdir("fsys")
fs.pipe("fsys/a/b.txt", b"hello")
assert fs.cat("fsys/a/b.txt") == b"hello"
assert fs.ls("fsys") == ["fsys/a"]
assert fs.isdir("fsys/a")
assert fs.isfile("fsys/a/b.txt")
assert fs.info("fsys/a/b.txt")["size"] == 5
assert fs.exists("fsys/a/b.txt")
assert not fs.exists("fsys/no")
with fs.open("fsys/large", "wb", block_size=5 << 20) as file:
    for _ in range(12):
        file.write(b"x" * (1 << 20))
with fs.open("fsys/large", "rb") as file:
    file.seek(-3, 2)
    assert file.read() == b"xxx"
fs.copy("fsys/a/b.txt", "fsys/c.txt")
fs.mv("fsys/c.txt", "fsys/d.txt")
assert fs.glob("fsys/*.txt") == ["fsys/d.txt"]
assert fs.find("fsys/a") == ["fsys/a/b.txt"]
assert fs.du("fsys/a") == 5
assert fs.checksum("fsys/d.txt")
fs.setxattr("fsys/d.txt", m="1")
assert fs.metadata("fsys/d.txt")["m"] == "1"
fs.put_tags("fsys/d.txt", {"k": "v"})
assert fs.get_tags("fsys/d.txt") == {"k": "v"}
fs.touch("fsys/empty")
assert fs.size("fsys/empty") == 0
assert len(list(fs.walk("fsys"))) == 2
assert fs.url("fsys/d.txt").startswith(sys.argv[1])
with contextlib.suppress(FileNotFoundError):
    fs.cat("fsys/no")
fs.rm("fsys", recursive=True)
assert not fs.exists("fsys")
print("done")
